import { SlipwayError } from "../../errors/index.ts";
import type { Pin } from "../../evidence/index.ts";
import { type Environment, judgePurpose, type Policy } from "../../lifecycle/index.ts";
import type { Digest } from "../../oci/index.ts";
import type { Hold } from "../holds.ts";
import type { PinnedRelease } from "./read-pinned.ts";
import type { Period } from "./timeline.ts";

/** What is known about the releases that ran before. */
export interface JudgedPeriods {
  /** Why a release may not be gone back to; undefined for one that may. */
  readonly judged: ReadonlyMap<Digest, string | undefined>;
  readonly releases: ReadonlyMap<Digest, PinnedRelease>;
  readonly source: "registry" | "Git";
}

/** A rollback looks this many releases back. */
const maxCandidates = 20;

/** Judges every release that ran before, each once. What cannot be read is out, with its reason. */
export async function judgePeriods(
  timeline: readonly Period[],
  context: {
    readonly read: (pin: Pin) => Promise<PinnedRelease>;
    readonly environment: Environment;
    readonly policy: Policy;
    readonly held: readonly Hold[];
    readonly now: Date;
  },
): Promise<JudgedPeriods> {
  const { read, environment, policy, held, now } = context;
  const judged = new Map<Digest, string | undefined>();
  const releases = new Map<Digest, PinnedRelease>();
  for (const { pin } of timeline) {
    if (pin === undefined || judged.has(pin.subject)) continue;
    if (judged.size > maxCandidates) {
      judged.set(pin.subject, `only the last ${maxCandidates} releases are examined`);
      continue;
    }
    try {
      const release = await read(pin);
      releases.set(pin.subject, release);
      const { dossier, chain, siblings } = release;
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
      judged.set(pin.subject, refusal === undefined ? undefined : `${refusal.code} ${refusal.message}`);
    } catch (error) {
      if (!(error instanceof SlipwayError)) throw error;
      judged.set(pin.subject, `${error.code} ${error.message}`);
    }
  }
  const fromGit = [...releases.values()].some(({ source }) => source === "Git");
  return { judged, releases, source: fromGit ? "Git" : "registry" };
}
