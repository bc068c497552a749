import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";

const descriptorSchema = z.looseObject({ digest: z.string(), size: z.number() });
const indexSchema = z.looseObject({ manifests: z.array(descriptorSchema) });
const manifestSchema = z.looseObject({ subject: descriptorSchema });

/**
 * Attaches a bundle of one release to another, as whoever may write to a store can: the manifest says the other
 * subject, and the signed statement in it still says the first.
 *
 * @param options.bundle digest of the manifest that attaches it
 * @param options.for reference of the other release
 */
export async function borrowEvidence(
  work: string,
  options: { readonly bundle: string; readonly for: string },
): Promise<void> {
  const store = join(work, "store");
  const blob = (digest: string) => join(store, "blobs", "sha256", digest.slice("sha256:".length));
  const index = indexSchema.parse(JSON.parse(await readFile(join(store, "index.json"), "utf8")));
  const subject = index.manifests.find(({ digest }) => options.for.endsWith(digest));
  const borrowed = index.manifests.find(({ digest }) => digest === options.bundle);
  if (subject === undefined || borrowed === undefined) throw new Error("the store lacks the release or the bundle");

  const manifest = manifestSchema.parse(JSON.parse(await readFile(blob(options.bundle), "utf8")));
  const bytes = JSON.stringify({ ...manifest, subject: { ...manifest.subject, ...sizeAndDigest(subject) } });
  const digest = `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
  await writeFile(blob(digest), bytes);
  const manifests = [...index.manifests, { ...borrowed, digest, size: bytes.length }];
  await writeFile(join(store, "index.json"), JSON.stringify({ ...index, manifests }));
}

function sizeAndDigest({ digest, size }: z.infer<typeof descriptorSchema>) {
  return { digest, size };
}
