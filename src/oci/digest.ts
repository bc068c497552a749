import { createHash } from "node:crypto";

/** `sha256:` and 64 lower-case hexadecimal digits (image-spec, descriptor.md "Digests"). */
export type Digest = `sha256:${string}`;

/** True for a well-formed SHA-256 digest; other algorithms are not used by Slipway. */
export function isDigest(text: string): text is Digest {
  return /^sha256:[0-9a-f]{64}$/.test(text);
}

export function digestOf(bytes: Uint8Array | string): Digest {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}

/** The hexadecimal part, as in a blob's file name. */
export function hexOf(digest: Digest): string {
  return digest.slice("sha256:".length);
}

/** First 12 digits, for people; never for decisions. */
export function shortDigest(digest: Digest): string {
  return `${digest.slice(0, "sha256:".length + 12)}…`;
}
