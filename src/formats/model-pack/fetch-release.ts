import { isDeepStrictEqual } from "node:util";
import * as z from "zod";
import {
  type Descriptor,
  type Digest,
  maxManifestBytes,
  mediaType,
  parseManifest,
  type ReadableStore,
} from "../../oci/index.ts";
import { formatError } from "../errors.ts";
import { metadataPath } from "./plan.ts";
import { type FormC, readFormC } from "./read.ts";

/** A release whose manifest and config agree. */
export interface FetchedRelease {
  /** As the manifest itself says; what an index claims about it is not believed. */
  readonly subject: Descriptor;
  readonly form: FormC;
}

/** A store as far as a release is read from it; an evidence pack is one, too. */
type ReleaseStore = Pick<ReadableStore, "label" | "resolve" | "fetch">;

const maxMetadataBytes = 1024 * 1024;

const configSchema = z.object({
  descriptor: z.object({ name: z.string(), version: z.string() }),
  modelfs: z.object({ type: z.literal("layers"), diffIds: z.array(z.string()) }),
});

/**
 * Fetches the manifest and config of a release and checks that they agree: both must name the same release and the
 * same files, since some tools read one and some the other.
 *
 * @throws SlipwayError NOT_FOUND, TAG_MISMATCH, STORE_CORRUPT, MANIFEST_INVALID, FORM_UNSUPPORTED, FORM_MALFORMED
 */
export async function fetchRelease(
  store: ReleaseStore,
  name: { readonly tag?: string | undefined; readonly digest: Digest },
): Promise<FetchedRelease> {
  const found = await store.resolve(name);
  const label = `${store.label}@${found.digest}`;
  const manifest = parseManifest(await store.fetch(found, maxManifestBytes), label);
  const form = readFormC(manifest, label);
  requireAgreement(await store.fetch(form.config, maxManifestBytes), form, label);
  const subject = { mediaType: mediaType.manifest, digest: found.digest, size: found.size };
  return { subject: { ...subject, artifactType: manifest.artifactType }, form };
}

/**
 * The bytes of a release's ADR-004 metadata.json, which is one of its files.
 * @throws SlipwayError FORM_MALFORMED, STORE_CORRUPT
 */
export async function fetchMetadata(store: ReleaseStore, form: FormC): Promise<Uint8Array> {
  const file = form.files.find(({ path }) => path === metadataPath);
  if (file !== undefined) return store.fetch(file.blob, maxMetadataBytes);
  throw formatError(
    "FORM_MALFORMED",
    `the release ${form.name} ${form.version} in ${store.label} has no ${metadataPath}`,
  );
}

function requireAgreement(bytes: Uint8Array, form: FormC, label: string): void {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    throw formatError("FORM_MALFORMED", `the config of ${label} is not JSON`, { cause });
  }
  const config = configSchema.safeParse(value);
  if (!config.success) throw formatError("FORM_MALFORMED", `the config of ${label} is not a ModelPack config`);
  const { descriptor, modelfs } = config.data;
  if (descriptor.name !== form.name || descriptor.version !== form.version) {
    throw formatError(
      "FORM_MALFORMED",
      `the config of ${label} names ${descriptor.name} ${descriptor.version}, its manifest ${form.name} ${form.version}`,
    );
  }
  if (
    !isDeepStrictEqual(
      modelfs.diffIds,
      form.files.map((file) => file.blob.digest),
    )
  ) {
    throw formatError("FORM_MALFORMED", `the config of ${label} names other files than its manifest`);
  }
}
