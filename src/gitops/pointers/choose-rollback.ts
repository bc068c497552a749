import type { SlipwayError } from "../../errors/index.ts";
import type { Pin } from "../../evidence/index.ts";
import { type Digest, shortDigest } from "../../oci/index.ts";
import { gitopsError } from "../errors.ts";
import type { SignedEvent } from "../events.ts";
import type { Hold } from "../holds.ts";
import type { Examined } from "./judge-periods.ts";
import type { Period } from "./timeline.ts";

/** A release that ran before, and whether it may be gone back to. */
export interface RollbackCandidate {
  readonly pin: Pin;
  readonly commit: string;
  readonly since: Date;
  readonly accepted: boolean;
  readonly why: string;
  /** Why nobody knows now whether it may; undefined when somebody does. */
  readonly unread: SlipwayError | undefined;
}

export interface RollbackChoice {
  readonly candidates: readonly RollbackCandidate[];
  readonly chosen: RollbackCandidate | undefined;
  readonly refusal: SlipwayError | undefined;
}

/**
 * Chooses what to go back to (DESIGN 5.5, reference "rollback"): the newest release that ran here before, is not the
 * one that runs, was not itself left by a rollback, is not held, and may be used for a rollback. One of which nobody
 * knows at the moment is not passed over for an older one: then there is no choice yet. Pure.
 *
 * @param judged what was found about each release; one that is missing in it is not accepted
 * @param to a version that was asked for; it lifts the window and nothing else
 * @param window how long after a rollback another one needs a named target, in milliseconds
 */
export function chooseRollback(options: {
  readonly timeline: readonly Period[];
  readonly events: readonly SignedEvent[];
  readonly holds: readonly Hold[];
  readonly judged: ReadonlyMap<Digest, Examined>;
  readonly to: string | undefined;
  readonly now: Date;
  readonly window: number;
}): RollbackChoice {
  const { timeline, events, holds, judged, to, now, window } = options;
  const current = timeline[0]?.pin;
  const left = leftByRollback(events);
  const candidates: RollbackCandidate[] = [];
  for (const { pin, commit, since } of timeline.slice(1)) {
    if (pin === undefined || candidates.some((candidate) => candidate.pin.subject === pin.subject)) continue;
    const held = holds.find((hold) => hold.subject === pin.subject);
    const examined = judged.get(pin.subject);
    const known =
      pin.subject === current?.subject
        ? "it is what runs now"
        : held !== undefined
          ? `it is held: ${held.reason}`
          : left.has(pin.subject)
            ? "it was itself left by a rollback"
            : undefined;
    const problem = known ?? problemOf(examined);
    const unread = known === undefined && examined?.kind === "unread" ? examined.error : undefined;
    candidates.push({ pin, commit, since, accepted: problem === undefined, why: problem ?? "ran here before", unread });
  }
  const wanted = to === undefined ? candidates : candidates.filter(({ pin }) => pin.version === to);
  const chosen = wanted.find(({ accepted, unread }) => accepted || unread !== undefined);
  const unreadable = timeline.flatMap(({ commit, unreadable: why }) =>
    why === undefined ? [] : [`commit ${commit.slice(0, 12)}: ${why}`],
  );
  const refusal =
    tooSoon(events, to, now, window) ??
    (chosen === undefined ? refusalOf(candidates, unreadable, wanted.length === 0 ? to : undefined) : chosen.unread);
  return { candidates, chosen: refusal === undefined ? chosen : undefined, refusal };
}

/** Subjects that a rollback left, and that nobody deployed again since. */
function leftByRollback(events: readonly SignedEvent[]): ReadonlySet<Digest> {
  const left = new Set<Digest>();
  for (const { event } of events) {
    if (event.action === "update") left.delete(event.to.subject);
    else if (event.from !== null) left.add(event.from.subject);
  }
  return left;
}

function tooSoon(events: readonly SignedEvent[], to: string | undefined, now: Date, window: number) {
  const last = events.at(-1)?.event;
  if (to !== undefined || last?.action !== "rollback") return undefined;
  const age = now.getTime() - Date.parse(last.movedOn);
  if (age >= window) return undefined;
  const minutes = Math.max(1, Math.round(age / 60_000));
  return gitopsError(
    "ROLLBACK_TOO_SOON",
    `${last.name} was rolled back to ${last.to.version} ${minutes} min ago; the policy's window is ${Math.round(window / 60_000)} min`,
  );
}

function problemOf(examined: Examined | undefined): string | undefined {
  if (examined === undefined) return "it was not examined";
  if (examined.kind === "fit") return undefined;
  return examined.kind === "unfit" ? examined.why : `${examined.error.code} ${examined.error.message}`;
}

/** @param unknown the version that was asked for, when it never ran */
function refusalOf(
  candidates: readonly RollbackCandidate[],
  unreadable: readonly string[],
  unknown: string | undefined,
): SlipwayError {
  const reasons = candidates.map(({ pin, why }) => `${pin.version} ${shortDigest(pin.subject)}: ${why}`);
  const details = [...reasons, ...unreadable];
  if (unknown !== undefined) {
    return gitopsError("ROLLBACK_TARGET_UNKNOWN", `${unknown.slice(0, 80)} never ran here before`, { details });
  }
  const message =
    candidates.length === 0
      ? "nothing ran here before that could be gone back to"
      : `none of the ${candidates.length} releases that ran here before may be gone back to`;
  return gitopsError("ROLLBACK_NO_CANDIDATE", message, { details });
}
