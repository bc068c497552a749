import { resolve } from "node:path";
import { type Digest, isDigest } from "./digest.ts";
import { ociError } from "./errors.ts";

/** A manifest in an image-layout directory: `oci:<dir>[:tag][@sha256:…]`. */
export interface LayoutReference {
  readonly kind: "layout";
  /** Absolute. */
  readonly directory: string;
  /** The directory as it was written, for messages and outputs. */
  readonly written: string;
  readonly tag: string | undefined;
  readonly digest: Digest | undefined;
}

/** A manifest in a registry: `host[:port]/path[:tag][@sha256:…]`. */
export interface RegistryReference {
  readonly kind: "registry";
  readonly host: string;
  readonly path: string;
  readonly tag: string | undefined;
  readonly digest: Digest | undefined;
}

export type Reference = LayoutReference | RegistryReference;

// distribution-spec 1.1, "Pulling manifests": the grammars of <reference> as a tag and of <name>.
const tagPattern = /^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}$/;
const pathPattern = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/;
const hostPattern =
  /^(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*|\[[0-9a-fA-F:]+\])(?::\d{1,5})?$/;

export function isTag(text: string): boolean {
  return tagPattern.test(text);
}

/**
 * Parses a reference.
 *
 * @param text `oci:<dir>[:tag][@digest]` or `host[:port]/path[:tag][@digest]`; the host is never guessed
 * @param base absolute directory that a relative layout directory starts from
 * @throws SlipwayError REFERENCE_INVALID
 */
export function parseReference(text: string, base: string): Reference {
  const { name, digest } = splitDigest(text);
  if (name.startsWith("oci://")) {
    throw ociError("REFERENCE_INVALID", `"${text}" has two slashes after oci:, as Helm and Flux write registries`, {
      remedy: `Leave out oci:// for a registry; write oci:/directory for an absolute directory.`,
    });
  }
  if (name.startsWith("oci:")) {
    const { rest, tag } = splitTag(name.slice("oci:".length), text);
    if (rest === "" || rest.includes("\0")) throw ociError("REFERENCE_INVALID", `"${text}" names no directory`);
    return { kind: "layout", directory: resolve(base, rest), written: rest, tag, digest };
  }
  const { rest, tag } = splitTag(name, text);
  const slash = rest.indexOf("/");
  const host = rest.slice(0, slash);
  const path = rest.slice(slash + 1);
  if (slash <= 0 || !isRegistryHost(host) || !(/[.:]/.test(host) || host === "localhost")) {
    throw ociError("REFERENCE_INVALID", `"${text}" names no registry host and no layout directory`);
  }
  if (path.length > 255 || !pathPattern.test(path)) {
    throw ociError("REFERENCE_INVALID", `"${text}" has a repository path that registries refuse: "${path}"`);
  }
  return { kind: "registry", host, path, tag, digest };
}

/** The reference as text; `parseReference` of it gives an equal reference, or at least an equal directory. */
export function formatReference(reference: Reference): string {
  const name = reference.kind === "layout" ? `oci:${unmistakable(reference)}` : `${reference.host}/${reference.path}`;
  const tag = reference.tag === undefined ? "" : `:${reference.tag}`;
  const digest = reference.digest === undefined ? "" : `@${reference.digest}`;
  return `${name}${tag}${digest}`;
}

// Without a tag behind it, what follows a colon in the directory's name would be taken for one.
function unmistakable({ written, tag }: LayoutReference): string {
  return tag === undefined && written.lastIndexOf(":") > written.lastIndexOf("/") ? `${written}/` : written;
}

/** The reference's digest. @throws SlipwayError DIGEST_REQUIRED when it has only a tag, or nothing. */
export function requireDigest(reference: Reference): Digest {
  if (reference.digest !== undefined) return reference.digest;
  throw ociError("DIGEST_REQUIRED", `${formatReference(reference)} has no digest`);
}

/** True for `<host>[:<port>]`, without a scheme. */
export function isRegistryHost(text: string): boolean {
  const port = /:(\d+)$/.exec(text)?.[1];
  return hostPattern.test(text) && (port === undefined || (Number(port) > 0 && Number(port) <= 65_535));
}

function splitDigest(text: string): { name: string; digest: Digest | undefined } {
  const at = text.lastIndexOf("@");
  const candidate = text.slice(at + 1);
  if (at >= 0 && isDigest(candidate)) {
    const name = text.slice(0, at);
    if (/@sha(256|384|512):[^/]*$/i.test(name)) throw ociError("REFERENCE_INVALID", `"${text}" has two digests`);
    return { name, digest: candidate };
  }
  // A directory's name may hold "@"; something that starts like a digest is a mistyped one.
  if (at >= 0 && /^sha(256|384|512):/i.test(candidate)) {
    throw ociError("REFERENCE_INVALID", `"${candidate}" is not sha256: and 64 lower-case hexadecimal digits`);
  }
  return { name: text, digest: undefined };
}

function splitTag(name: string, text: string): { rest: string; tag: string | undefined } {
  const colon = name.lastIndexOf(":");
  if (colon < 0 || name.indexOf("/", colon) >= 0) return { rest: name, tag: undefined };
  const tag = name.slice(colon + 1);
  if (!isTag(tag)) throw ociError("REFERENCE_INVALID", `"${text}" has an invalid tag "${tag}"`);
  return { rest: name.slice(0, colon), tag };
}
