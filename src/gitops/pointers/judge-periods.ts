import { SlipwayError } from "../../errors/index.ts";
import type { Pin } from "../../evidence/index.ts";
import { type Environment, judgePurpose, type Policy } from "../../lifecycle/index.ts";
import type { Digest } from "../../oci/index.ts";
import type { Hold } from "../holds.ts";
import type { PinnedRelease } from "./read-pinned.ts";
import type { Period } from "./timeline.ts";

/** Whether a release that ran before may be gone back to. */
export type Examined =
  | { readonly kind: "fit" }
  | { readonly kind: "unfit"; readonly why: string }
  /** Nobody knows now, and another run may know. */
  | { readonly kind: "unread"; readonly error: SlipwayError };

/** What is known about the releases that ran before. */
export interface JudgedPeriods {
  readonly judged: ReadonlyMap<Digest, Examined>;
  readonly releases: ReadonlyMap<Digest, PinnedRelease>;
}

/** How releases are judged. */
export interface JudgingContext {
  readonly read: (pin: Pin) => Promise<PinnedRelease>;
  readonly environment: Environment;
  readonly policy: Policy;
  readonly held: readonly Hold[];
  readonly now: Date;
  /** A version that is examined before all others. */
  readonly first?: string | undefined;
}

/** A rollback looks this many releases back. */
const maxExamined = 20;

/** Judges the releases that ran before, newest first and each once. What cannot be read is out, with its reason. */
export async function judgePeriods(timeline: readonly Period[], context: JudgingContext): Promise<JudgedPeriods> {
  const judged = new Map<Digest, Examined>();
  const releases = new Map<Digest, PinnedRelease>();
  for (const pin of inOrder(timeline, context.first)) {
    if (judged.has(pin.subject)) continue;
    if (judged.size >= maxExamined) {
      judged.set(pin.subject, { kind: "unfit", why: `only the last ${maxExamined} releases are examined` });
      continue;
    }
    try {
      const release = await context.read(pin);
      releases.set(pin.subject, release);
      judged.set(pin.subject, examine(release, context));
    } catch (error) {
      if (!(error instanceof SlipwayError)) throw error;
      judged.set(pin.subject, error.family === "temporary" ? { kind: "unread", error } : unfit(error));
    }
  }
  return { judged, releases };
}

function inOrder(timeline: readonly Period[], first: string | undefined): readonly Pin[] {
  const pins = timeline.flatMap(({ pin }) => pin ?? []);
  return [...pins.filter(({ version }) => version === first), ...pins];
}

function examine({ dossier, chain, siblings, gone }: PinnedRelease, context: JudgingContext): Examined {
  const { environment, policy, held, now } = context;
  const { refusal } = judgePurpose("rollback", {
    dossier,
    chain,
    siblings,
    policy,
    environment,
    held,
    consumers: undefined,
    now,
  });
  if (refusal !== undefined) return unfit(refusal);
  return gone ? { kind: "unfit", why: "its store does not have it any more" } : { kind: "fit" };
}

function unfit({ code, message }: SlipwayError): Examined {
  return { kind: "unfit", why: `${code} ${message}` };
}
