import { describe, expect, it } from "vitest";
import type { Pin, PointerEvent } from "../../evidence/index.ts";
import { type Digest, digestOf } from "../../oci/index.ts";
import type { SignedEvent } from "../events.ts";
import { matchEvents } from "./match-events.ts";
import type { Period } from "./timeline.ts";

const pin = (version: string): Pin => {
  const digest = digestOf(Buffer.from(version));
  return { version, subject: digest, digest, uri: `oci:store@${digest}` };
};
const at = (minute: number) => new Date(Date.UTC(2026, 10, 20, 12, minute));
const statementOf = (id: string): Digest => digestOf(Buffer.from(`statement ${id}`));

function period(commit: string, version: string | undefined, minute: number, event?: string): Period {
  const trailers = new Map(event === undefined ? [] : [["Event-Digest", statementOf(event)]]);
  const named = version === undefined ? undefined : pin(version);
  return { pin: named, unreadable: undefined, commit, since: at(minute), author: "erin", subject: "Move", trailers };
}

function event(id: string, from: string | undefined, to: string, minute: number): SignedEvent {
  const said: PointerEvent = {
    action: "update",
    environment: "live",
    name: "retina/seg",
    variant: "jetson",
    from: from === undefined ? null : pin(from),
    to: pin(to),
    link: digestOf(Buffer.from("link")),
    reason: "Because",
    role: "mlops-engineer",
    movedOn: at(minute).toISOString(),
    run: { id: "1", attempt: 1 },
  };
  const signer = { fingerprint: "f", name: "erin", roles: ["mlops-engineer"], from: undefined, until: undefined };
  return { statement: statementOf(id), event: said, signer, path: `events/${id}.json` };
}

function matches(oldestFirst: readonly Period[], events: readonly SignedEvent[]): Record<string, string> {
  const matched = matchEvents(oldestFirst.toReversed(), events);
  return Object.fromEntries([...matched].map(([commit, found]) => [commit, found.path.slice(7, -5)]));
}

describe("which event vouches for a commit", () => {
  const rows: readonly (readonly [string, readonly Period[], readonly SignedEvent[], Record<string, string>])[] = [
    ["the one that its trailer names", [period("c1", "1", 1, "a")], [event("a", undefined, "1", 0)], { c1: "a" }],
    [
      "the same move twice, each with its own",
      [period("c1", "1", 1, "a"), period("c2", "2", 2, "b"), period("c3", "1", 3, "c"), period("c4", "2", 4, "d")],
      [event("a", undefined, "1", 1), event("b", "1", "2", 2), event("c", "2", "1", 3), event("d", "1", "2", 4)],
      { c1: "a", c2: "b", c3: "c", c4: "d" },
    ],
    [
      "none for a move by hand to what ran before",
      [period("c1", "1", 1, "a"), period("c2", "2", 2, "b"), period("c3", "1", 9)],
      [event("a", undefined, "1", 1), event("b", "1", "2", 2)],
      { c1: "a", c2: "b" },
    ],
    [
      "none for a commit that repeats an old move and borrows its event",
      [period("c1", "1", 1, "a"), period("c2", "2", 2, "b"), period("c3", "1", 3), period("c4", "2", 4, "b")],
      [event("a", undefined, "1", 1), event("b", "1", "2", 2)],
      { c1: "a", c2: "b" },
    ],
    ["none that says another origin", [period("c1", "1", 1), period("c2", "2", 2, "b")], [event("b", "0", "2", 2)], {}],
    ["none that says another target", [period("c1", "1", 1, "a")], [event("a", undefined, "2", 1)], {}],
    ["by the time, when the trailers were lost", [period("c1", "1", 5)], [event("a", undefined, "1", 5)], { c1: "a" }],
    ["none that was signed after the commit", [period("c1", "1", 5)], [event("a", undefined, "1", 6)], {}],
    [
      "none that was signed before the period before it",
      [period("c1", "1", 3), period("c2", "2", 5)],
      [event("b", "1", "2", 2)],
      {},
    ],
    ["none for a commit after which nothing is named", [period("c1", undefined, 1, "a")], [], {}],
  ];
  it.each(rows)("%s", (_, periods, events, expected) => {
    expect(matches(periods, events)).toEqual(expected);
  });
});
