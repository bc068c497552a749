import { createHash } from "node:crypto";

/*
 * What names, tags and digests may look like: distribution-spec 1.1 "Pulling manifests", image-spec 1.1 "Digests". Written
 * apart from src/oci, so that a mistake there is not made here, too.
 */

export type Algorithm = "sha256" | "sha512";

const component = "[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*";
const name = new RegExp(`^${component}(?:/${component})*$`);
const tag = /^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}$/;

export const isName = (text: string): boolean => name.test(text) && text.length <= 255;
export const isTag = (text: string): boolean => tag.test(text);
export const isDigest = (text: string): boolean => algorithmOf(text) !== undefined;

/** Undefined for what is no digest, or one of an algorithm that is not registered. */
export function algorithmOf(digest: string): Algorithm | undefined {
  if (/^sha256:[0-9a-f]{64}$/.test(digest)) return "sha256";
  return /^sha512:[0-9a-f]{128}$/.test(digest) ? "sha512" : undefined;
}

export function digestOf(bytes: Uint8Array, algorithm: Algorithm = "sha256"): string {
  return `${algorithm}:${createHash(algorithm).update(bytes).digest("hex")}`;
}
