import * as z from "zod";
import { type Digest, isDigest } from "./digest.ts";
import { ociError } from "./errors.ts";
import { maxManifestBytes, mediaType } from "./media-types.ts";

const digestSchema = z.custom<Digest>((value) => typeof value === "string" && isDigest(value), {
  error: "expected sha256: and 64 lower-case hexadecimal digits",
});
const mediaTypeSchema = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}\/[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}$/);
const annotationsSchema = z.record(z.string(), z.string());

/** image-spec, descriptor.md. Unknown members are kept out, not refused: the specification demands it. */
export const descriptorSchema = z.object({
  mediaType: mediaTypeSchema,
  digest: digestSchema,
  size: z.number().int().nonnegative(),
  artifactType: mediaTypeSchema.optional(),
  annotations: annotationsSchema.optional(),
});

/** What travels: type, digest and size of some content (image-spec, descriptor.md). */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: Digest;
  /** Bytes. */
  readonly size: number;
  readonly artifactType?: string | undefined;
  readonly annotations?: Readonly<Record<string, string>> | undefined;
}

const manifestSchema = z.object({
  schemaVersion: z.literal(2),
  // Optional as in the specification's first version, whose manifests other tools still put into a store.
  mediaType: z.literal(mediaType.manifest).optional(),
  artifactType: mediaTypeSchema.optional(),
  config: descriptorSchema,
  layers: z.array(descriptorSchema).max(20_000),
  subject: descriptorSchema.optional(),
  annotations: annotationsSchema.optional(),
});

const indexSchema = z.object({
  schemaVersion: z.literal(2),
  mediaType: z.literal(mediaType.index).optional(),
  artifactType: mediaTypeSchema.optional(),
  manifests: z.array(descriptorSchema).max(20_000),
  subject: descriptorSchema.optional(),
  annotations: annotationsSchema.optional(),
});

/** An image manifest (image-spec, manifest.md). */
export type Manifest = z.infer<typeof manifestSchema>;
/** An image index (image-spec, image-index.md). */
export type Index = z.infer<typeof indexSchema>;

/** Parses an image manifest. @throws SlipwayError MANIFEST_INVALID */
export function parseManifest(bytes: Uint8Array, name: string): Manifest {
  return parse(manifestSchema, bytes, name);
}

/** Parses an image index. @throws SlipwayError MANIFEST_INVALID */
export function parseIndex(bytes: Uint8Array, name: string): Index {
  return parse(indexSchema, bytes, name);
}

/**
 * The bytes of a manifest: JSON without white space, members in the order given, so that equal manifests are equal
 * bytes.
 *
 * @throws SlipwayError MANIFEST_TOO_LARGE
 */
export function encodeManifest(manifest: Manifest | Index): Uint8Array {
  const bytes = new TextEncoder().encode(JSON.stringify(manifest));
  if (bytes.length > maxManifestBytes) {
    throw ociError(
      "MANIFEST_TOO_LARGE",
      `the manifest would have ${bytes.length} bytes, ${maxManifestBytes} are allowed`,
    );
  }
  return bytes;
}

function parse<T>(schema: z.ZodType<T>, bytes: Uint8Array, name: string): T {
  if (bytes.length > maxManifestBytes) throw ociError("MANIFEST_INVALID", `${name} is larger than 4 MiB`);
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    throw ociError("MANIFEST_INVALID", `${name} is not JSON in UTF-8`, { cause });
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw ociError("MANIFEST_INVALID", `${name}: ${firstIssue(parsed.error)}`);
}

/** Where a document is malformed first, and how; short, whatever the document holds. */
export function firstIssue({ issues: [issue] }: z.ZodError): string {
  const place = issue === undefined || issue.path.length === 0 ? "" : `${issue.path.join(".")}: `;
  const what = issue?.message.replace(/^.* received undefined$/, "missing") ?? "malformed";
  return `${place}${what}`.slice(0, 300);
}
