import { createHash, createPrivateKey, createPublicKey, type KeyObject } from "node:crypto";
import { reason } from "../errors/index.ts";
import { isCosignKey, openCosignKey } from "./cosign-key.ts";
import { signingError } from "./errors.ts";

/** A P-256 private key that may sign. */
export interface SigningKey {
  readonly key: KeyObject;
  readonly trusted: TrustedKey;
}

/** A P-256 public key that signatures are checked with. */
export interface TrustedKey {
  readonly key: KeyObject;
  /** Lower-case hexadecimal SHA-256 of the key's SPKI in DER; how people and policies name a key. */
  readonly fingerprint: string;
  /** The same hash in base64, as cosign writes it into a bundle's `publicKey.hint`. */
  readonly hint: string;
}

/**
 * Reads a private key.
 *
 * @param pem PKCS#8 (plain or encrypted), SEC 1, or a key in cosign's own encryption, in PEM
 * @param password needed when the key is encrypted; one line break at its end is not part of it
 * @param place what to call the key in messages
 * @throws SlipwayError KEY_MALFORMED, KEY_TYPE_UNSUPPORTED, KEY_PASSWORD_MISSING, KEY_PASSWORD_WRONG
 */
export function readSigningKey(pem: Uint8Array, password: Uint8Array | undefined, place: string): SigningKey {
  const text = Buffer.from(pem).toString("latin1");
  const keys = blocksIn(text).filter((block) => block.endsWith("PRIVATE KEY"));
  if (keys.length === 0) throw signingError("KEY_MALFORMED", `${place} is not a private key in PEM`);
  if (keys.length > 1) throw signingError("KEY_MALFORMED", `${place} holds ${keys.length} private keys instead of one`);
  const encrypted = isCosignKey(text) || /-----BEGIN ENCRYPTED PRIVATE KEY-----|Proc-Type: 4,ENCRYPTED/.test(text);
  if (encrypted && password === undefined) {
    throw signingError("KEY_PASSWORD_MISSING", `the private key ${place} is encrypted`);
  }
  const key = openKey(pem, encrypted ? password : undefined, place);
  requireP256(key, place);
  return { key, trusted: trustedKey(createPublicKey(key)) };
}

/**
 * Reads a public key in PEM.
 * @throws SlipwayError KEY_MALFORMED also for a private key, which has no business where releases are verified;
 *   KEY_TYPE_UNSUPPORTED
 */
export function readTrustedKey(pem: Uint8Array, place: string): TrustedKey {
  const blocks = blocksIn(Buffer.from(pem).toString("latin1"));
  if (!blocks.includes("PUBLIC KEY")) throw signingError("KEY_MALFORMED", `${place} is not a public key in PEM`);
  if (blocks.length > 1) {
    throw signingError("KEY_MALFORMED", `${place} holds ${blocks.length} PEM blocks instead of one public key`, {
      remedy: "Give one public key for each file; name several files to trust several keys.",
    });
  }
  let key: KeyObject;
  try {
    key = createPublicKey(Buffer.from(pem));
  } catch (cause) {
    throw signingError("KEY_MALFORMED", `${place} is not a readable public key: ${reason(cause)}`, { cause });
  }
  requireP256(key, place);
  return trustedKey(key);
}

/** What kinds of things a PEM text holds. OpenSSL reads one of them and is silent about the others. */
function blocksIn(text: string): string[] {
  return [...text.matchAll(/-----BEGIN ([A-Z0-9 ]+)-----/g)].map(([, kind]) => kind ?? "");
}

function openKey(pem: Uint8Array, password: Uint8Array | undefined, place: string): KeyObject {
  const passphrase = password && withoutFinalLineBreak(password);
  const text = Buffer.from(pem).toString("latin1");
  const opened = passphrase && isCosignKey(text) ? openCosignKey(text, passphrase, place) : undefined;
  try {
    if (opened !== undefined) return createPrivateKey({ key: opened, format: "der", type: "pkcs8" });
    return createPrivateKey({ key: Buffer.from(pem), format: "pem", ...(passphrase && { passphrase }) });
  } catch (cause) {
    if (opened !== undefined) throw signingError("KEY_MALFORMED", `what ${place} encrypts is not a private key`);
    if (password !== undefined) {
      throw signingError("KEY_PASSWORD_WRONG", `the password does not open the private key ${place}`, { cause });
    }
    throw signingError("KEY_MALFORMED", `${place} is not a readable private key: ${reason(cause)}`, { cause });
  }
}

function requireP256(key: KeyObject, place: string): void {
  const curve = key.asymmetricKeyDetails?.namedCurve;
  if (key.asymmetricKeyType === "ec" && curve === "prime256v1") return;
  const found = [key.asymmetricKeyType, curve].filter((part) => part !== undefined).join(" ");
  throw signingError("KEY_TYPE_UNSUPPORTED", `${place} is a key of type ${found}; ECDSA on P-256 is needed`);
}

function trustedKey(given: KeyObject): TrustedKey {
  // A point may be written compressed, and a curve in numbers; one key must not have several fingerprints.
  const key = createPublicKey({ key: given.export({ format: "jwk" }), format: "jwk" });
  const hash = createHash("sha256")
    .update(key.export({ type: "spki", format: "der" }))
    .digest();
  return { key, fingerprint: hash.toString("hex"), hint: hash.toString("base64") };
}

function withoutFinalLineBreak(password: Uint8Array): Buffer {
  const bytes = Buffer.from(password);
  const end = bytes.at(-1) === 0x0a ? (bytes.at(-2) === 0x0d ? 2 : 1) : 0;
  return bytes.subarray(0, bytes.length - end);
}
