import { randomBytes, sign, verify } from "node:crypto";
import type { Host, Secret } from "../../contract/index.ts";
import { type Finding, finding } from "../../oci/index.ts";
import { readSigningKey, type TrustedKey } from "../key.ts";
import { failed, type Heard, hear } from "./heard.ts";

/** What came of opening a private key and signing with it. */
export interface KeySeen {
  readonly key: Heard<{ readonly trusted: TrustedKey; readonly signs: boolean }>;
  /** Files that every user of the machine can read. */
  readonly exposed: readonly string[];
}

/** Opens a key and signs something with it that means nothing. Key and password are kept out of what the host writes. */
export async function tryKey(
  { key, password }: { readonly key: Secret; readonly password: Secret | undefined },
  host: Pick<Host, "mask" | "signal">,
): Promise<KeySeen> {
  const opened = await hear(host.signal, async () => {
    const pem = await readSecret(key, host);
    const passphrase = password && (await readSecret(password, host));
    const { key: own, trusted } = readSigningKey(pem, passphrase, key.place);
    const nonsense = randomBytes(32);
    return { trusted, signs: verify("sha256", nonsense, trusted.key, sign("sha256", nonsense, own)) };
  });
  const exposed: string[] = [];
  for (const secret of [key, ...(password === undefined ? [] : [password])]) {
    if ((await secret.isExposed?.()) === true) exposed.push(secret.place);
  }
  return { key: opened, exposed };
}

/** Reads a secret, and keeps it out of what the host writes. @throws SlipwayError SECRET_UNREADABLE */
export async function readSecret(secret: Secret, host: Pick<Host, "mask">): Promise<Buffer> {
  const bytes = await secret.read();
  host.mask(bytes.toString("utf8"));
  return bytes;
}

/** Whether a key can sign, and whether it is one for long. */
export function judgeKey({ key, exposed }: KeySeen): Finding {
  const check = "signing key";
  if ("failure" in key) return failed(check, key.failure, "Nothing can be signed with it");
  // A whole one is too long for a table; the report has it.
  const name = `${key.said.trusted.fingerprint.slice(0, 16)}…`;
  if (!key.said.signs) {
    return finding(
      check,
      "failed",
      `what the key ${name} signs does not verify`,
      "Nothing that it signs will be believed: the file holds a private key whose public part is another's; make a new one.",
    );
  }
  if (exposed.length > 0) {
    return finding(
      check,
      "warning",
      `${name}; every user of this machine can read ${exposed.join(" and ")}`,
      "Whoever reads it can sign as you: mount it with mode 0440, or chmod it, and replace the key if others were here.",
    );
  }
  return finding(check, "ok", `ECDSA P-256, signs and verifies: ${name}`);
}
