import { readManifest } from "./descriptors.ts";
import type { Behaviour } from "./options.ts";
import type { Repository } from "./repository.ts";

/** Removes what no tag leads to, as far as the registry spares nothing of it; gives the digests that went. */
export function collectGarbage(repository: Repository, spares: Behaviour["garbage"]): readonly string[] {
  const kept = new Set(repository.tags.values());
  for (let before = -1; before !== kept.size; ) {
    before = kept.size;
    for (const { digest, bytes } of repository.manifests.values()) {
      const { subject, manifests } = readManifest(bytes);
      if (spares.sparesReferrers && subject !== undefined && kept.has(subject.digest)) kept.add(digest);
      if (spares.sparesChildren && kept.has(digest)) for (const child of manifests) kept.add(child.digest);
    }
  }
  const used = new Set<string>();
  const gone: string[] = [];
  for (const { digest, bytes } of repository.manifests.values()) {
    const { config, layers } = readManifest(bytes);
    if (kept.has(digest)) for (const blob of [...(config ? [config] : []), ...layers]) used.add(blob.digest);
    else gone.push(digest);
  }
  for (const digest of gone) repository.manifests.delete(digest);
  const unused = [...repository.blobs.keys()].filter((digest) => !used.has(digest));
  for (const digest of unused) repository.blobs.delete(digest);
  return [...gone, ...unused];
}
