import { generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";
import { toDSSEBundle } from "@sigstore/bundle";
import { RFC3161Timestamp } from "@sigstore/core";
import { type Finding, finding } from "../../oci/index.ts";
import { materialOf } from "../bundle.ts";
import { bytesToSign } from "../key-signer.ts";
import { requestTimestamp, type SigningService } from "../keyless/index.ts";
import type { SignedContent } from "../signed-content.ts";
import { proveTime } from "../trust/prove-time.ts";
import { failed, type Heard, hear } from "./heard.ts";
import type { PlacedRoot } from "./trusted-root.ts";

/** Certificates of signers live for ten minutes, and a machine that is off by one is off for other reasons than haste. */
const mostSkewMs = 60_000;

/** A stamp of something that means nothing, by a key that is nowhere any more. */
export interface StampSeen {
  readonly content: SignedContent;
  readonly key: KeyObject;
  /** What the stamp says. */
  readonly at: Date;
  /** Our clock before and after. */
  readonly asked: Date;
  readonly answered: Date;
}

/** Has a timestamp authority stamp the signature of random bytes (RFC 3161). */
export function tryStamp(
  authority: URL,
  service: SigningService,
  { signal, now }: { readonly signal: AbortSignal; readonly now: () => Date },
): Promise<Heard<StampSeen>> {
  return hear(signal, async () => {
    const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const [artifact, artifactType] = [randomBytes(32), "application/octet-stream"];
    const signature = sign(
      "sha256",
      bytesToSign({ form: "dsse", payload: artifact, payloadType: artifactType }),
      privateKey,
    );
    const asked = now();
    const signedTimestamp = await requestTimestamp({ authority, signature, service });
    const answered = now();
    const maker = { kind: "key", hint: "" } as const;
    const verificationMaterial = materialOf({ signature, maker, logEntries: [], timestamps: [signedTimestamp] });
    const bundle = { ...toDSSEBundle({ artifact, artifactType, signature }), verificationMaterial };
    const content: SignedContent = { storage: "bundle", states: "statement", payload: artifact, bundle };
    return {
      content,
      key: publicKey,
      at: RFC3161Timestamp.parse(Buffer.from(signedTimestamp)).signingTime,
      asked,
      answered,
    };
  });
}

/** Whether the authority stamps. */
export function judgeStamp({ host }: URL, heard: Heard<StampSeen>): Finding {
  if ("failure" in heard) return failed("timestamps", heard.failure, "No signature can be stamped");
  return finding("timestamps", "ok", `${host} stamped some random bytes`);
}

/** Whether a trusted root knows the authority that stamps. */
export function judgeStamper({ host }: URL, { content, key }: StampSeen, { root, place }: PlacedRoot): Finding {
  const check = `timestamps in ${place}`;
  if (proveTime(content, key, root) !== undefined) {
    return finding(check, "ok", `the stamp of ${host} is by an authority that is trusted there`);
  }
  return finding(
    check,
    "failed",
    `the stamp of ${host} does not verify with the ${root.timestampAuthorities.length} timestamp authorities there`,
    "What it stamps will be refused, or counts as not stamped: put its chain of certificates into the trusted root, or name the authority that is in it.",
  );
}

/** Whether our clock agrees with the authority's. @param keyless whether certificates of some minutes depend on it */
export function judgeClock(
  { at, asked, answered }: Pick<StampSeen, "at" | "asked" | "answered">,
  keyless: boolean,
): Finding {
  const check = "signing clock";
  // Stamps have whole seconds.
  const ahead = asked.getTime() - (at.getTime() + 1000);
  const behind = at.getTime() - answered.getTime();
  const skew = Math.max(ahead, behind, 0);
  if (skew < mostSkewMs) {
    return finding(check, "ok", `within ${Math.max(1, Math.ceil(skew / 1000))} s of the timestamp authority's`);
  }
  const advice = keyless
    ? "Certificates are good for ten minutes, and proven times will contradict this machine's: set its clock (NTP)."
    : "Times that evidence states will contradict those that are proven: set this machine's clock (NTP).";
  return finding(
    check,
    keyless ? "failed" : "warning",
    `this machine is ${Math.round(skew / 1000)} s ${ahead > behind ? "ahead of" : "behind"} the timestamp authority`,
    advice,
  );
}
