import type { SignedEvent } from "../events.ts";
import type { Period } from "./timeline.ts";

/** A commit knows whole seconds only. */
const slack = 1000;

/**
 * The signed event that vouches for each period of a pointer, by the period's commit. An event vouches for one move:
 * it has to say the release that was left and the one that came, and cannot be used again when somebody makes the same
 * move by hand. The commit's trailer names its event; a commit that lost its trailers is matched by the time. Pure.
 *
 * @param timeline newest first, whole
 * @param events oldest first
 */
export function matchEvents(
  timeline: readonly Period[],
  events: readonly SignedEvent[],
): ReadonlyMap<string, SignedEvent> {
  const unused = new Set(events);
  const matched = new Map<string, SignedEvent>();
  for (const [index, period] of [...timeline.entries()].toReversed()) {
    const before = timeline[index + 1];
    const fitting = [...unused].filter(({ event }) => saysMove(event, before, period));
    const named = fitting.find(({ statement }) => statement === period.trailers.get("Event-Digest"));
    const found = named ?? fitting.find(({ event }) => isWithin(Date.parse(event.movedOn), before, period));
    if (found === undefined) continue;
    unused.delete(found);
    matched.set(period.commit, found);
  }
  return matched;
}

function saysMove({ from, to }: SignedEvent["event"], before: Period | undefined, { pin }: Period): boolean {
  return to.subject === pin?.subject && from?.subject === before?.pin?.subject;
}

function isWithin(movedOn: number, before: Period | undefined, { since }: Period): boolean {
  const earliest = before === undefined ? Number.NEGATIVE_INFINITY : before.since.getTime() - slack;
  return earliest <= movedOn && movedOn <= since.getTime() + slack;
}
