import { type Asked, succeeded } from "./asked.ts";
import type { Asker } from "./asker.ts";
import { type DeletionSeen, type Made, removeMade } from "./deletion.ts";
import type { Observations } from "./observations.ts";
import { makeProbeContent, type ProbeContent } from "./probe-content.ts";
import { isListed } from "./referrers.ts";
import { type TagSeen, tryTag } from "./tags.ts";
import { type PiecesSeen, tryPieces, tryWhole, type WholeSeen } from "./uploads.ts";

/** What came of everything that writes; what could not be tried any more is undefined. */
export interface Written extends Tried {
  readonly deletion: DeletionSeen;
}

interface Tried {
  readonly pieces: PiecesSeen;
  readonly whole: WholeSeen | undefined;
  readonly tag: TagSeen | undefined;
  /** Answer to the manifest that has a subject; undefined when none was accepted. */
  readonly attached: Asked | undefined;
  /** Whether that manifest is listed by its subject; undefined when it was not asked. */
  readonly listed: boolean | undefined;
}

interface WritingOptions {
  readonly now: Date;
  readonly referrers: boolean;
  readonly leftover: string | undefined;
}

/**
 * Uploads, tags and attaches a few bytes, and removes all of it again, also when the user stops.
 *
 * @param options `referrers`: true when the registry has the referrers API, so that it is worth asking what it lists;
 *   `leftover`: tag of an earlier run that could not be removed
 * @throws the reason of a stop that the user wanted
 */
export async function tryWriting(asker: Asker, observations: Observations, options: WritingOptions): Promise<Written> {
  const content = makeProbeContent(options.now, options.leftover);
  // After a stop nobody knows how far the last request came.
  let made: Made = everythingOf(content);
  let tried: Tried;
  let deletion: DeletionSeen;
  try {
    tried = await tryAll(asker, content, options);
    made = madeOf(content, tried);
  } finally {
    observations.startCleaning();
    deletion = await removeMade(asker, made);
  }
  return { ...tried, deletion };
}

async function tryAll(asker: Asker, content: ProbeContent, { referrers, leftover }: WritingOptions): Promise<Tried> {
  const nothing = { whole: undefined, tag: undefined, attached: undefined, listed: undefined };
  const pieces = await tryPieces(asker, content.pieces);
  if (pieces.start.status !== 202) return { pieces, ...nothing };
  const whole = await tryWhole(asker, content.whole, isStored(pieces.commit) ? content.pieces : undefined);
  if (!isStored(whole.put)) return { pieces, ...nothing, whole };
  const tag = await tryTag(asker, content, leftover !== undefined);
  const attached = [tag.other, tag.aside].find(isStored);
  const { manifest, other } = content;
  const listed = attached && referrers ? await isListed(asker, manifest.digest, other.digest) : undefined;
  return { pieces, whole, tag, attached, listed };
}

function everythingOf({ tag, manifest, other, pieces, whole }: ProbeContent): Made {
  return { tag, manifests: [manifest.digest, other.digest], blobs: [pieces.digest, whole.digest] };
}

function madeOf(content: ProbeContent, { pieces, whole, tag, attached }: Tried): Made {
  const all = everythingOf(content);
  const [manifest, other] = [isStored(tag?.first), isStored(attached)];
  const [inPieces, inOne] = [isStored(pieces.commit), isStored(whole?.put)];
  return {
    tag: manifest || tag?.taken ? all.tag : undefined,
    manifests: all.manifests.filter((_, at) => [manifest, other][at]),
    blobs: all.blobs.filter((_, at) => [inPieces, inOne][at]),
  };
}

function isStored(asked: Asked | undefined): boolean {
  return asked !== undefined && succeeded(asked);
}
