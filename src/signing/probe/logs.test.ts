import { createHash, generateKeyPairSync, type KeyObject } from "node:crypto";
import { TrustedRoot } from "@sigstore/protobuf-specs";
import { expect, it } from "vitest";
import { logProblem } from "./logs.ts";

function logOf(key: KeyObject, keyDetails: string, type: "spki" | "pkcs1", id: Buffer) {
  const rawBytes = key.export({ type, format: "der" }).toString("base64");
  const log = {
    baseUrl: "https://log.test",
    publicKey: { rawBytes, keyDetails },
    logId: { keyId: id.toString("base64") },
  };
  const [read] = TrustedRoot.fromJSON({ tlogs: [log] }).tlogs;
  if (read === undefined) throw new Error("no log");
  return read;
}

const sha256 = (...parts: readonly (string | Buffer)[]) =>
  createHash("sha256")
    .update(Buffer.concat(parts.map((part) => Buffer.from(part))))
    .digest();
const spki = (key: KeyObject) => key.export({ type: "spki", format: "der" });

const ec = generateKeyPairSync("ec", { namedCurve: "P-256" }).publicKey;
const ed = generateKeyPairSync("ed25519").publicKey;
const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 }).publicKey;

it.each([
  ["ECDSA", logOf(ec, "PKIX_ECDSA_P256_SHA_256", "spki", sha256(spki(ec))), undefined],
  ["Ed25519", logOf(ed, "PKIX_ED25519", "spki", sha256(spki(ed))), undefined],
  // C2SP signed-note: the name, a line break, the algorithm's number, the key.
  ["Ed25519 by name", logOf(ed, "PKIX_ED25519", "spki", sha256("log.test\n\u0001", spki(ed).subarray(-32))), undefined],
  ["RSA", logOf(rsa, "PKCS1_RSA_PKCS1V5", "pkcs1", sha256(spki(rsa))), undefined],
  ["ECDSA by name", logOf(ec, "PKIX_ECDSA_P256_SHA_256", "spki", sha256("log.test\n\u0001", spki(ec))), "identifier"],
  ["another's", logOf(ed, "PKIX_ED25519", "spki", sha256(spki(ec))), "identifier"],
  ["a key of another form", logOf(rsa, "PKIX_ECDSA_P256_SHA_256", "pkcs1", sha256(spki(rsa))), "cannot be read"],
])("%s", (_, log, words) => {
  const problem = logProblem(log);
  if (words === undefined) expect(problem).toBeUndefined();
  else expect(problem).toContain(words);
});
