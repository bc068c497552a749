import { createHash, createPublicKey, type KeyObject } from "node:crypto";
import { PublicKeyDetails, type TransparencyLogInstance } from "@sigstore/protobuf-specs";

const rsaAsPkcs1: ReadonlySet<PublicKeyDetails> = new Set([
  PublicKeyDetails.PKCS1_RSA_PKCS1V5,
  PublicKeyDetails.PKIX_RSA_PKCS1V5,
  PublicKeyDetails.PKIX_RSA_PKCS1V15_2048_SHA256,
  PublicKeyDetails.PKIX_RSA_PKCS1V15_3072_SHA256,
  PublicKeyDetails.PKIX_RSA_PKCS1V15_4096_SHA256,
]);

/** The key of a log, in the form that its details say; undefined when there is none. */
export function keyOf({ publicKey }: TransparencyLogInstance): KeyObject | undefined {
  const { rawBytes, keyDetails } = publicKey ?? {};
  if (rawBytes === undefined || keyDetails === undefined) return undefined;
  const type = rsaAsPkcs1.has(keyDetails) ? "pkcs1" : "spki";
  try {
    return createPublicKey({ key: rawBytes, format: "der", type });
  } catch {
    return undefined;
  }
}

/** The identifier that proofs name a log by. */
export function idOf({ checkpointKeyId, logId }: TransparencyLogInstance): Buffer {
  return Buffer.from(checkpointKeyId?.keyId ?? logId?.keyId ?? []);
}

/** Why proofs of a log would not be found to be its own, as a clause; undefined when its identifier is its key's. */
export function logProblem(log: TransparencyLogInstance): string | undefined {
  const key = keyOf(log);
  if (key === undefined) return "has a key that cannot be read";
  return possibleIds(key, log).some((id) => id.equals(idOf(log)))
    ? undefined
    : "has an identifier that is not its key's";
}

/** SHA-256 of the SPKI (RFC 6962, 3.2); of Ed25519 keys also that of the name and the key (C2SP, signed-note). */
function possibleIds(key: KeyObject, { baseUrl }: TransparencyLogInstance): readonly Buffer[] {
  const spki = key.export({ type: "spki", format: "der" });
  const plain = createHash("sha256").update(spki).digest();
  const host = URL.parse(baseUrl)?.host;
  if (key.asymmetricKeyType !== "ed25519" || host === undefined) return [plain];
  const named = createHash("sha256").update(`${host}\n`).update(Buffer.of(1)).update(spki.subarray(-32)).digest();
  return [plain, named];
}
