import { execFileSync } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { chmod, writeFile } from "node:fs/promises";
import { afterEach, beforeEach, expect, it } from "vitest";
import { writeKeyPair } from "../../../test/support/key-pair.ts";
import { type Temporary, temporaryDirectory } from "../../../test/support/temporary.ts";
import { secretInFile } from "../../contract/secret.ts";
import { readSigningKey } from "../key.ts";
import { judgeKey, tryKey } from "./key.ts";

let root: Temporary;
let masked: string[];
beforeEach(async () => {
  root = await temporaryDirectory();
  masked = [];
});
afterEach(() => root[Symbol.asyncDispose]());

const { signal } = new AbortController();
const secret = (name: string) => secretInFile(name, root.path, "key");
const ask = async (key: string, password?: string) => {
  const given = { key: secret(key), password: password === undefined ? undefined : secret(password) };
  return judgeKey(await tryKey(given, { signal, mask: (text) => masked.push(text) }));
};

async function writeEncrypted(): Promise<void> {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const form = { type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: "open sesame" } as const;
  await writeFile(root.at("locked.pem"), privateKey.export(form), { mode: 0o600 });
  await writeFile(root.at("right"), "open sesame\n", { mode: 0o600 });
  await writeFile(root.at("wrong"), "open barley\n", { mode: 0o600 });
}

it("that is good is named by its fingerprint, and hidden", async () => {
  await writeKeyPair(root.at("own"));
  const found = await ask("own.pem");
  const der = execFileSync("openssl", ["pkey", "-pubin", "-in", root.at("own.pub"), "-outform", "DER"]);
  const { createHash } = await import("node:crypto");
  const fingerprint = createHash("sha256").update(der).digest("hex");
  expect(found).toMatchObject({ check: "signing key", status: "ok" });
  expect(found.seen).toContain(fingerprint.slice(0, 16));
  expect(masked.join()).toContain("BEGIN PRIVATE KEY");
  expect(JSON.stringify(found)).not.toContain("PRIVATE KEY");
});

it("that everybody can read is a danger", async () => {
  await writeKeyPair(root.at("own"));
  await chmod(root.at("own.pem"), 0o644);
  const found = await ask("own.pem");
  expect(found).toMatchObject({ status: "warning" });
  expect(found.seen).toContain("every user of this machine can read own.pem");
});

it("whose password everybody can read is one, too", async () => {
  await writeEncrypted();
  await chmod(root.at("right"), 0o644);
  const found = await ask("locked.pem", "right");
  expect(found).toMatchObject({ status: "warning" });
  expect(found.seen).toContain("read right");
});

it.each([
  ["locked.pem", "right", "ok", "signs and verifies"],
  ["locked.pem", "wrong", "failed", "does not open"],
  ["locked.pem", undefined, "failed", "is encrypted"],
  ["missing.pem", undefined, "failed", "does not exist"],
  ["right", undefined, "failed", "not a private key"],
  ["rsa.pem", undefined, "failed", "type rsa"],
])("%s with the password %s is %s", async (key, password, status, words) => {
  await writeEncrypted();
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  await writeFile(root.at("rsa.pem"), privateKey.export({ type: "pkcs8", format: "pem" }), { mode: 0o600 });
  const found = await ask(key, password);
  expect(found).toMatchObject({ check: "signing key", status });
  expect(found.seen).toContain(words);
  if (status === "failed") expect(found.advice).toMatch(/^Nothing can be signed with it\. /);
});

it("whose parts do not belong together signs nothing", () => {
  const pem = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({ type: "pkcs8", format: "pem" });
  const { trusted } = readSigningKey(Buffer.from(pem), undefined, "a key");
  expect(judgeKey({ key: { said: { trusted, signs: false } }, exposed: [] })).toMatchObject({ status: "failed" });
});
