import { scryptSync } from "node:crypto";
import { xsalsa20poly1305 } from "@noble/ciphers/salsa.js";
import * as z from "zod";
import { signingError } from "./errors.ts";

/** What cosign writes, the older kind as well. */
const block = /-----BEGIN (ENCRYPTED (?:SIGSTORE|COSIGN) PRIVATE KEY)-----([A-Za-z0-9+/=\s]*)-----END \1-----/;

/** The costs that cosign has used; a file that asks for others may ask for all memory. */
const knownCosts: ReadonlySet<string> = new Set(["32768 8 1", "65536 8 1"]);
/** Twice what the dearest of them takes. */
const mostMemory = 128 * 1024 * 1024;

/** Longer is no key. */
const longestBlock = 64 * 1024;

function bytes(length?: number) {
  return z
    .base64()
    .transform((text) => Buffer.from(text, "base64"))
    .refine((decoded) => length === undefined || decoded.length === length);
}

const encryptedKey = z.strictObject({
  kdf: z.strictObject({
    name: z.literal("scrypt"),
    params: z.strictObject({ N: z.int(), r: z.int(), p: z.int() }),
    salt: bytes(32),
  }),
  cipher: z.strictObject({ name: z.literal("nacl/secretbox"), nonce: bytes(24) }),
  ciphertext: bytes(),
});

/** Whether a PEM text is a key in cosign's own encryption. */
export function isCosignKey(pem: string): boolean {
  return /-----BEGIN ENCRYPTED (SIGSTORE|COSIGN) PRIVATE KEY-----/.test(pem);
}

/**
 * Opens a key that `cosign generate-key-pair` wrote: the JSON of go-securesystemslib's `encrypted`, with scrypt
 * (RFC 7914) and NaCl's secretbox.
 *
 * @param place what to call the key in messages
 * @returns PKCS#8 in DER
 * @throws SlipwayError KEY_MALFORMED, KEY_PASSWORD_WRONG
 */
export function openCosignKey(pem: string, password: Uint8Array, place: string): Buffer {
  const { kdf, cipher, ciphertext } = readEncrypted(pem, place);
  const { N, r, p } = kdf.params;
  if (!knownCosts.has(`${N} ${r} ${p}`)) {
    throw signingError("KEY_MALFORMED", `${place} wants scrypt with N=${N}, r=${r}, p=${p}, which cosign never does`);
  }
  const key = scryptSync(password, kdf.salt, 32, { N, r, p, maxmem: mostMemory });
  try {
    return Buffer.from(xsalsa20poly1305(key, cipher.nonce).decrypt(ciphertext));
  } catch {
    // What failed is the authentication of what was decrypted; it has nothing to tell.
    throw signingError("KEY_PASSWORD_WRONG", `the password does not open the private key ${place}`);
  }
}

function readEncrypted(pem: string, place: string): z.infer<typeof encryptedKey> {
  const body = pem.length > longestBlock ? undefined : block.exec(pem)?.[2];
  let json: unknown;
  try {
    json = JSON.parse(Buffer.from(body ?? "", "base64").toString("utf8"));
  } catch {
    json = undefined;
  }
  const { data } = encryptedKey.safeParse(json);
  if (data !== undefined) return data;
  throw signingError("KEY_MALFORMED", `${place} is not a key as cosign encrypts them`);
}
