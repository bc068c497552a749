import { Problem } from "./problem.ts";

/*
 * What a registry reads of a manifest: image-spec 1.1. Everything else in it is the client's.
 */

interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

/** A manifest or an index, as far as it matters here. */
export interface ReadManifest {
  readonly mediaType: string | undefined;
  readonly artifactType: string | undefined;
  readonly annotations: unknown;
  readonly subject: Descriptor | undefined;
  readonly config: Descriptor | undefined;
  readonly layers: readonly Descriptor[];
  readonly manifests: readonly Descriptor[];
}

/** @throws Problem MANIFEST_INVALID */
export function readManifest(bytes: Uint8Array): ReadManifest {
  const manifest = objectOf(parsed(bytes), "the manifest");
  if (manifest["schemaVersion"] !== 2) throw invalid("schemaVersion is not 2");
  return {
    mediaType: textOf(manifest["mediaType"]),
    artifactType: textOf(manifest["artifactType"]),
    annotations: manifest["annotations"],
    subject: manifest["subject"] === undefined ? undefined : descriptorOf(manifest["subject"]),
    config: manifest["config"] === undefined ? undefined : descriptorOf(manifest["config"]),
    layers: listOf(manifest["layers"]),
    manifests: listOf(manifest["manifests"]),
  };
}

function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    throw invalid("it is not JSON");
  }
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function objectOf(value: unknown, what: string): Record<string, unknown> {
  if (!isObject(value)) throw invalid(`${what} is not an object`);
  return value;
}

function textOf(value: unknown): string | undefined {
  if (value !== undefined && typeof value !== "string") throw invalid("a type is not text");
  return value;
}

function listOf(value: unknown): readonly Descriptor[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw invalid("a list of descriptors is not a list");
  return value.map(descriptorOf);
}

function descriptorOf(value: unknown): Descriptor {
  const { mediaType, digest, size } = objectOf(value, "a descriptor");
  if (typeof mediaType !== "string" || typeof digest !== "string" || !Number.isSafeInteger(size)) {
    throw invalid("a descriptor lacks media type, digest or size");
  }
  return { mediaType, digest, size: Number(size) };
}

function invalid(why: string): Problem {
  return new Problem(400, "MANIFEST_INVALID", why);
}
