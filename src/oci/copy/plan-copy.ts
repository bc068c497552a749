import type { Digest } from "../digest.ts";
import { ociError } from "../errors.ts";
import type { Descriptor } from "../manifest.ts";
import type { WritableStore } from "../store.ts";
import type { Closure, FoundManifest, LegacyTag } from "./closure.ts";
import { copyError } from "./errors.ts";
import type { TagPlan } from "./plan-tags.ts";

/** What is known of the target before anything is written. */
export interface TargetState extends Pick<WritableStore, "label" | "largestBlob"> {
  /** What those tags point at that the copy wants and that are there. */
  readonly tags: ReadonlyMap<string, Digest>;
}

/** A manifest and the tags that announce it. */
export interface Announcement {
  readonly manifest: FoundManifest;
  readonly tags: readonly string[];
}

/** What a copy does, in this order. */
export interface CopyPlan {
  /** Each once, the largest first, so that no large one is left alone at the end. */
  readonly blobs: readonly Descriptor[];
  readonly legacy: readonly LegacyTag[];
  /**
   * One wave after the other. The rows of a wave have nothing to do with each other; what is in one row is about one
   * subject, whose list of referrers has one writer at a time.
   */
  readonly waves: readonly (readonly (readonly Announcement[])[])[];
}

/**
 * Decides what a copy does: all blobs, then signatures with legacy tags, then each manifest after its children and after
 * everything that refers to it; the root is announced last, so whoever sees it sees its evidence, too.
 *
 * @throws SlipwayError IMMUTABLE_CONFLICT when a tag has other content in the target, or would get two; BLOB_TOO_LARGE
 */
export function planCopy(closure: Closure, tags: TagPlan, target: TargetState): CopyPlan {
  refuseConflicts(tags, target);
  const blobs = new Map<Digest, Descriptor>();
  for (const { blobs: named } of closure.manifests.values()) {
    for (const { mediaType, digest, size } of named) {
      const known = blobs.get(digest);
      if (known !== undefined && known.size !== size) {
        throw ociError("MANIFEST_INVALID", `${digest} has ${known.size} bytes in one manifest and ${size} in another`);
      }
      blobs.set(digest, { mediaType, digest, size });
    }
  }
  const sorted = [...blobs.values()].sort((a, b) => b.size - a.size || (a.digest < b.digest ? -1 : 1));
  refuseTooLarge(sorted, target);
  return { blobs: sorted, legacy: closure.legacy, waves: wavesOf(closure, tags) };
}

function refuseConflicts(plan: TagPlan, { label, tags }: TargetState): void {
  const given = new Map(tags);
  const conflicts: string[] = [];
  for (const [digest, names] of plan) {
    for (const name of names) {
      const holds = given.get(name);
      if (holds !== undefined && holds !== digest) conflicts.push(`${label}:${name} holds ${holds}, not ${digest}`);
      given.set(name, digest);
    }
  }
  const [first] = conflicts;
  if (first !== undefined) throw ociError("IMMUTABLE_CONFLICT", first, { details: conflicts.slice(0, mostShown) });
}

const mostShown = 20;

function refuseTooLarge(blobs: readonly Descriptor[], { label, largestBlob }: TargetState): void {
  const [largest] = blobs;
  if (largestBlob === undefined || largest === undefined || largest.size <= largestBlob.size) return;
  const limit = `${largestBlob.saidBy} takes ${largestBlob.size} bytes at most`;
  const tooLarge = blobs.filter(({ size }) => size > largestBlob.size);
  throw copyError("BLOB_TOO_LARGE", `${largest.digest} has ${largest.size} bytes; ${limit} (${label})`, {
    details: tooLarge.slice(0, mostShown).map(({ digest, size }) => `${digest}: ${size} bytes`),
  });
}

function wavesOf({ manifests }: Closure, tags: TagPlan): CopyPlan["waves"] {
  const waiting = new Set([...manifests.keys()].filter((digest) => tags.has(digest)));
  const referrers = new Map<Digest, Digest[]>();
  for (const { descriptor, subject } of manifests.values()) {
    if (subject !== undefined) referrers.set(subject, [...(referrers.get(subject) ?? []), descriptor.digest]);
  }
  const isReady = (digest: Digest) => !manifests.get(digest)?.children.some((child) => waiting.has(child.digest));
  const isComplete = (digest: Digest) => !referrers.get(digest)?.some((referrer) => waiting.has(referrer));
  const waves: Announcement[][][] = [];
  while (waiting.size > 0) {
    const ready = [...waiting].filter(isReady);
    // An index may refer to its own child: the child comes first, whatever is not there of its evidence yet.
    const complete = ready.filter(isComplete);
    const wave = complete.length > 0 ? complete : ready;
    for (const digest of wave) waiting.delete(digest);
    waves.push(rowsOf(wave, manifests, tags));
  }
  return waves;
}

function rowsOf(wave: readonly Digest[], manifests: Closure["manifests"], tags: TagPlan): Announcement[][] {
  const rows = new Map<Digest, Announcement[]>();
  for (const digest of [...wave].sort()) {
    const manifest = manifests.get(digest);
    if (manifest === undefined) continue;
    const about = manifest.subject ?? digest;
    rows.set(about, [...(rows.get(about) ?? []), { manifest, tags: tags.get(digest) ?? [] }]);
  }
  return [...rows.values()];
}
