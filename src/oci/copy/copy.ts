import { inParallel } from "../../content/index.ts";
import { SlipwayError } from "../../errors/index.ts";
import type { Digest } from "../digest.ts";
import { type Descriptor, parseManifest } from "../manifest.ts";
import { maxManifestBytes, mediaType } from "../media-types.ts";
import type { BlobArrival, BlobSource, OnBytes, ReadableStore, WritableStore } from "../store.ts";
import type { Ignored, LegacyTag } from "./closure.ts";
import { each } from "./each.ts";
import { copyError } from "./errors.ts";
import { type CopyLimits, closureOf, usualLimits } from "./find-closure.ts";
import { type Announcement, type CopyPlan, planCopy } from "./plan-copy.ts";
import { imageConfig, planLegacy } from "./plan-legacy.ts";
import { derivedTag, planTags, type TagPlan } from "./plan-tags.ts";

export interface CopyOptions {
  /** Looked at before each piece; a store that waits for its other side is ended by the signal that it was opened with. */
  readonly signal: AbortSignal;
  /** Hears of each byte of the blobs once, also of those that need not move. */
  readonly onBytes: OnBytes;
  /** Hears what will be copied, before the first byte. */
  readonly onPlan?: (totals: { readonly manifests: number; readonly blobs: number; readonly bytes: number }) => void;
  readonly limits?: CopyLimits;
}

/** What is copied, and how it is called in the target. */
export interface Copied {
  readonly tag?: string | undefined;
  readonly digest?: Digest | undefined;
  /** Tags in the target; when not given the tag by which it was named, else the one that it claims for itself. */
  readonly as?: readonly string[] | undefined;
}

/** What a copy found and did. */
export interface CopyReport {
  readonly root: Descriptor;
  /** Every manifest that the target has now under these tags, the root last. */
  readonly manifests: readonly {
    readonly digest: Digest;
    readonly tag: string;
    /** Merged: the target's manifest of this tag has the signatures of both. */
    readonly outcome: "announced" | "present" | "merged";
  }[];
  /** How many blobs came how. */
  readonly blobs: Readonly<Record<BlobArrival, number>>;
  /** Bytes of blobs that were sent. */
  readonly bytes: number;
  /** What the source offered as evidence and was not copied. */
  readonly ignored: readonly Ignored[];
}

type Outcome = CopyReport["manifests"][number];

/** Blobs at once; each takes up to two connections and a few pieces of memory. */
const blobsAtOnce = 4;
const mostMerges = 10;

/**
 * Copies a manifest, or an index with its children, under its tags into another store, with everything that it names,
 * everything that refers to it, and its legacy signatures (DESIGN 5.3, 5.5 "append-only union copy").
 *
 * Nothing is overwritten: a tag that has other content in the target is found before the first byte moves, and legacy
 * signatures of both sides are joined. Killed at any moment and run again it ends as if it had run once; the root's
 * tags come last.
 *
 * @throws SlipwayError NOT_FOUND, TAG_MISMATCH, IMMUTABLE_CONFLICT, MANIFEST_INVALID, COPY_UNBOUNDED, BLOB_TOO_LARGE,
 *   EVIDENCE_CONTENDED; what the stores throw
 */
export async function copy(
  source: ReadableStore,
  target: WritableStore,
  { tag, digest, as }: Copied,
  options: CopyOptions,
): Promise<CopyReport> {
  const { limits = usualLimits, signal, onPlan } = options;
  const root = await source.resolve({ tag, digest });
  const byName = tag === undefined ? undefined : [tag];
  const named = [...(byName ?? []), ...(as ?? [])];
  const closure = await closureOf(source, root, { limits, signal, named });
  const tags = planTags(closure, as ?? byName);
  const before = await tagsIn(target, tags, signal);
  const { label, largestBlob } = target;
  const plan = planCopy(closure, tags, { label, largestBlob, tags: before });
  const bytes = plan.blobs.reduce((sum, { size }) => sum + size, 0);
  onPlan?.({ manifests: closure.manifests.size, blobs: plan.blobs.length, bytes });
  const arrivals = await copyBlobs(source, target, plan, options);
  const legacy = await each(plan.legacy, signal, (entry) => copyLegacy(target, entry, closure.bases[0]));
  const announced: Outcome[] = [];
  for (const wave of plan.waves) {
    announced.push(...(await each(wave, signal, (row) => announceRow(target, row, before))).flat());
  }
  return { root, manifests: [...legacy, ...announced], ...arrivals, ignored: closure.ignored };
}

/** What those of the tags point at that the target has. */
async function tagsIn(target: WritableStore, plan: TagPlan, signal: AbortSignal): Promise<ReadonlyMap<string, Digest>> {
  const wanted = new Set([...plan.values()].flat());
  const there = (await target.tags()).filter((tag) => wanted.has(tag));
  return new Map(await each(there, signal, async (tag) => [tag, (await target.resolve({ tag })).digest] as const));
}

async function copyBlobs(
  source: ReadableStore,
  target: WritableStore,
  { blobs }: CopyPlan,
  { signal, onBytes }: CopyOptions,
): Promise<Pick<CopyReport, "blobs" | "bytes">> {
  const stopping = new AbortController();
  const either = AbortSignal.any([signal, stopping.signal]);
  const arrivals: Record<BlobArrival, number> = { present: 0, mounted: 0, sent: 0 };
  let bytes = 0;
  const copyOne = async (descriptor: Descriptor) => {
    either.throwIfAborted();
    const arrival = await target.pushBlob(blobOf(source, descriptor, either), onBytes);
    arrivals[arrival] += 1;
    if (arrival === "sent") bytes += descriptor.size;
    else onBytes(descriptor.size);
  };
  await inParallel(blobs, blobsAtOnce, copyOne, async () => stopping.abort());
  return { blobs: arrivals, bytes };
}

function blobOf(source: ReadableStore, descriptor: Descriptor, signal: AbortSignal): BlobSource {
  return {
    digest: descriptor.digest,
    size: descriptor.size,
    home: source.home,
    async *open(from) {
      for await (const piece of source.read(descriptor, from)) {
        signal.throwIfAborted();
        yield piece;
      }
    },
  };
}

/** Points a legacy tag at a manifest with the signatures of both stores. Others may do the same, so it looks again. */
async function copyLegacy(
  target: WritableStore,
  { tag, manifest }: LegacyTag,
  base: string | undefined,
): Promise<Outcome> {
  const { descriptor, bytes } = manifest;
  const ours = parseManifest(bytes, descriptor.digest);
  let outcome: Outcome["outcome"] = "present";
  for (let merges = 0; merges < mostMerges; merges += 1) {
    const present = await resolved(target, tag);
    const theirs = present && parseManifest(await target.fetch(present, maxManifestBytes), `${target.label}:${tag}`);
    const plan = planLegacy(tag, ours, theirs);
    if (plan.kind === "keep") return { digest: present?.digest ?? descriptor.digest, tag, outcome };
    if (plan.kind === "beside") {
      const own = derivedTag(base, descriptor.digest);
      outcome = (await resolved(target, own)) === undefined ? "announced" : "present";
      await target.announce(bytes, descriptor.mediaType, own);
      return { digest: descriptor.digest, tag: own, outcome };
    }
    if (plan.kind === "merge") await target.push(imageConfig, plan.config);
    const joined = plan.kind === "merge" ? plan.manifest : bytes;
    await target.hint(tag, await target.pushManifest(joined, mediaType.manifest));
    outcome = present === undefined ? "announced" : "merged";
  }
  throw copyError("EVIDENCE_CONTENDED", `${target.label}:${tag} was replaced ${mostMerges} times`);
}

async function announceRow(
  target: WritableStore,
  row: readonly Announcement[],
  before: ReadonlyMap<string, Digest>,
): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  const listed = new Map<Digest, ReadonlySet<Digest>>();
  for (const { manifest, tags } of row) {
    const { descriptor, bytes, subject } = manifest;
    const { digest } = descriptor;
    for (const tag of tags) {
      const present = before.get(tag) === digest;
      // Killed between the tag and the list, a registry's list lacks it. A layout has no list, but a record of its own
      // which it completes when the same is said again.
      if (present && subject !== undefined && target.home !== undefined && !listed.has(subject)) {
        listed.set(subject, new Set((await target.referrers(subject)).map((referrer) => referrer.digest)));
      }
      const complete =
        present && target.home !== undefined && (subject === undefined || listed.get(subject)?.has(digest) === true);
      if (!complete) await target.announce(bytes, descriptor.mediaType, tag);
      outcomes.push({ digest, tag, outcome: present ? "present" : "announced" });
    }
  }
  return outcomes;
}

async function resolved(store: ReadableStore, tag: string): Promise<Descriptor | undefined> {
  try {
    return await store.resolve({ tag });
  } catch (error) {
    if (error instanceof SlipwayError && error.code === "NOT_FOUND") return undefined;
    throw error;
  }
}
