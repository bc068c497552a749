import { createHash, verify } from "node:crypto";
import { signingError } from "../errors.ts";
import type { TrustedKey } from "../key.ts";

interface Maker {
  readonly program: string;
  /** Path of the public key, for messages. */
  readonly publicKey: string;
  readonly trusted: TrustedKey;
}

/**
 * The signature among what a command printed: in DER or as `r||s` (PKCS#11, IEEE P1363), as bytes or in base64, also
 * behind Vault's `vault:v1:`. Which of them it is, the public key decides.
 *
 * @returns the signature in DER (RFC 3279, section 2.2.3)
 * @throws SlipwayError SIGNER_COMMAND_WRONG
 */
export function acceptedSignature(printed: Buffer, signed: Buffer, { program, publicKey, trusted }: Maker): Buffer {
  const fits = (content: Buffer, hash: string) => (der: Buffer) => verify(hash, content, trusted.key, der);
  const found = readings(printed);
  const accepted = found.find(fits(signed, "sha256"));
  if (accepted !== undefined) return accepted;
  if (printed.length === 0) throw signingError("SIGNER_COMMAND_WRONG", `${program} printed nothing`);
  if (found.length === 0) {
    throw signingError("SIGNER_COMMAND_WRONG", `the ${printed.length} bytes that ${program} printed are no signature`);
  }
  const digest = createHash("sha256").update(signed).digest();
  if (found.some(fits(digest, "sha256"))) {
    throw signingError("SIGNER_COMMAND_WRONG", `${program} took the digest for the content, and hashed it again`, {
      remedy: "Tell it that its input is a digest already, or give it `{payload}` in place of the digest.",
    });
  }
  const other = ["sha384", "sha512"].find((hash) => found.some(fits(signed, hash)));
  if (other !== undefined) {
    throw signingError("SIGNER_COMMAND_WRONG", `${program} signs with ${other}, where SHA-256 is needed`);
  }
  throw signingError("SIGNER_COMMAND_WRONG", `${publicKey} does not verify the signature that ${program} printed`);
}

/** Everything that the bytes could mean, in DER. */
function readings(printed: Buffer): readonly Buffer[] {
  const text = printed
    .toString("latin1")
    .trim()
    .replace(/^vault:v\d+:/, "")
    .replace(/\s+/g, "");
  const isBase64 = /^[A-Za-z0-9+/_-]+={0,2}$/.test(text);
  return [printed, ...(isBase64 ? [Buffer.from(text, "base64")] : [])].flatMap((bytes) => [
    ...(looksLikeDer(bytes) ? [bytes] : []),
    ...(bytes.length === 64 ? [derOf(bytes)] : []),
  ]);
}

/** Whether it is one SEQUENCE that begins with an INTEGER; the rest is for the verifier to judge. */
function looksLikeDer(bytes: Buffer): boolean {
  return bytes[0] === 0x30 && bytes[1] === bytes.length - 2 && bytes[2] === 0x02;
}

/** @param raw two numbers of 32 bytes each */
function derOf(raw: Buffer): Buffer {
  const integers = Buffer.concat([derInteger(raw.subarray(0, 32)), derInteger(raw.subarray(32))]);
  return Buffer.concat([Buffer.from([0x30, integers.length]), integers]);
}

function derInteger(bytes: Buffer): Buffer {
  const first = bytes.findIndex((byte) => byte !== 0);
  const digits = first < 0 ? bytes.subarray(-1) : bytes.subarray(first);
  // A set first bit would make it negative.
  const positive = (digits[0] ?? 0) < 0x80 ? digits : Buffer.concat([Buffer.alloc(1), digits]);
  return Buffer.concat([Buffer.from([0x02, positive.length]), positive]);
}
