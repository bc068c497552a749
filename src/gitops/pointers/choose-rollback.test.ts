import { describe, expect, it } from "vitest";
import type { PointerEvent } from "../../evidence/index.ts";
import { digestOf, ociError } from "../../oci/index.ts";
import type { SignedEvent } from "../events.ts";
import { eventOf, holdOf, newKey, pinOf } from "../fixtures/deployment.ts";
import { chooseRollback } from "./choose-rollback.ts";
import type { Examined } from "./judge-periods.ts";
import type { Period } from "./timeline.ts";

type Options = Parameters<typeof chooseRollback>[0];

const now = new Date("2026-11-20T12:00:00Z");
const minutesAgo = (minutes: number) => new Date(now.getTime() - minutes * 60_000).toISOString();
const hour = 3_600_000;
const { fingerprint } = newKey().signatory;
const unread: Examined = { kind: "unread", error: ociError("STORE_BUSY", "the store is busy") };

/** Periods, newest first: a version, "" for nothing, or why it could not be read. */
function timelineOf(...named: readonly string[]): readonly Period[] {
  return named.map((text, index) => ({
    pin: /^\d/.test(text) ? pinOf(text) : undefined,
    unreadable: text === "" || /^\d/.test(text) ? undefined : text,
    commit: String(named.length - index).repeat(40),
    since: new Date(now.getTime() - index * hour),
    author: "erin",
    subject: "Change",
    trailers: new Map(),
  }));
}

function signed(more: Partial<PointerEvent>): SignedEvent {
  const event = eventOf(more);
  const signer = { fingerprint, name: "erin", roles: [event.role], from: undefined, until: undefined };
  return { statement: digestOf(JSON.stringify(event)), event, signer, path: "slipway/events/x.json" };
}

const rollback = (from: string, to: string, minutes: number) =>
  signed({ action: "rollback", from: pinOf(from), to: pinOf(to), movedOn: minutesAgo(minutes) });
const update = (from: string, to: string, minutes: number) =>
  signed({ action: "update", from: pinOf(from), to: pinOf(to), movedOn: minutesAgo(minutes) });

/** Everything is fit unless it is said what it is. */
function choose(
  timeline: readonly Period[],
  { not = {}, ...more }: Partial<Options> & { not?: Record<string, Examined> },
) {
  const pins = timeline.flatMap(({ pin }) => pin ?? []);
  const judged = new Map(pins.map(({ version, subject }) => [subject, not[version] ?? { kind: "fit" as const }]));
  return chooseRollback({ timeline, events: [], holds: [], judged, to: undefined, now, window: hour, ...more });
}

const three = timelineOf("1.2.0", "1.1.0", "1.0.0", "");

describe("what to go back to", () => {
  it.each<[string, ReturnType<typeof choose>, string]>([
    ["the newest that ran before", choose(three, {}), "1.1.0"],
    ["an older one, asked for", choose(three, { to: "1.0.0" }), "1.0.0"],
    ["not what is held", choose(three, { holds: [holdOf("1.1.0")] }), "1.0.0"],
    ["not what is held, asked for", choose(three, { holds: [holdOf("1.1.0")], to: "1.1.0" }), "ROLLBACK_NO_CANDIDATE"],
    ["not what was left by a rollback", choose(three, { events: [rollback("1.1.0", "1.0.0", 90)] }), "1.0.0"],
    [
      "what was left by a rollback and deployed again since",
      choose(three, {
        events: [rollback("1.1.0", "1.0.0", 90), update("1.0.0", "1.1.0", 80), update("1.1.0", "1.2.0", 5)],
      }),
      "1.1.0",
    ],
    ["what was left by an update", choose(three, { events: [update("1.1.0", "1.2.0", 5)] }), "1.1.0"],
    [
      "not what was left by a rollback, asked for",
      choose(three, { events: [rollback("1.1.0", "1.0.0", 90)], to: "1.1.0" }),
      "ROLLBACK_NO_CANDIDATE",
    ],
    ["not what is unfit", choose(three, { not: { "1.1.0": { kind: "unfit", why: "revoked" } } }), "1.0.0"],
    ["not what nobody examined", choose(three, { judged: new Map() }), "ROLLBACK_NO_CANDIDATE"],
    ["nothing older than what nobody knows now", choose(three, { not: { "1.1.0": unread } }), "STORE_BUSY"],
    ["what is newer than what nobody knows now", choose(three, { not: { "1.0.0": unread } }), "1.1.0"],
    [
      "an older one, asked for, whatever is known of the newer",
      choose(three, { not: { "1.1.0": unread }, to: "1.0.0" }),
      "1.0.0",
    ],
    ["what nobody knows now, asked for", choose(three, { not: { "1.1.0": unread }, to: "1.1.0" }), "STORE_BUSY"],
    [
      "what is older than one that is held and that nobody knows",
      choose(three, { not: { "1.1.0": unread }, holds: [holdOf("1.1.0")] }),
      "1.0.0",
    ],
    ["not what runs now", choose(timelineOf("1.1.0", "1.0.0", "1.1.0"), {}), "1.0.0"],
    [
      "not what runs now, asked for",
      choose(timelineOf("1.1.0", "1.0.0", "1.1.0"), { to: "1.1.0" }),
      "ROLLBACK_NO_CANDIDATE",
    ],
    ["what runs now and never before, asked for", choose(three, { to: "1.2.0" }), "ROLLBACK_TARGET_UNKNOWN"],
    ["what never ran, asked for", choose(three, { to: "9.0.0" }), "ROLLBACK_TARGET_UNKNOWN"],
    ["an alias, asked for", choose(three, { to: "latest" }), "ROLLBACK_TARGET_UNKNOWN"],
    ["nothing, when nothing ran before", choose(timelineOf("1.0.0", ""), {}), "ROLLBACK_NO_CANDIDATE"],
    ["nothing, without a history", choose([], {}), "ROLLBACK_NO_CANDIDATE"],
    ["what ran before commits that cannot be read", choose(timelineOf("1.1.0", "broken", "1.0.0"), {}), "1.0.0"],
    ["what ran before somebody emptied the pointer", choose(timelineOf("", "1.1.0", "1.0.0"), {}), "1.1.0"],
  ])("is %s", (_, { chosen, refusal, candidates }, expected) => {
    expect(refusal?.code ?? chosen?.pin.version).toBe(expected);
    expect(chosen === undefined).toBe(refusal !== undefined);
    expect(candidates.filter(({ accepted }) => accepted).map(({ why }) => why)).toEqual(
      candidates.filter(({ accepted }) => accepted).map(() => "ran here before"),
    );
  });
});

describe("the window after a rollback", () => {
  it.each<[string, ReturnType<typeof choose>, string]>([
    ["begins at once", choose(three, { events: [rollback("1.3.0", "1.2.0", 0)] }), "ROLLBACK_TOO_SOON"],
    ["lasts to its end", choose(three, { events: [rollback("1.3.0", "1.2.0", 59.9)] }), "ROLLBACK_TOO_SOON"],
    ["is over then", choose(three, { events: [rollback("1.3.0", "1.2.0", 60)] }), "1.1.0"],
    [
      "counts a rollback that a fast clock dated",
      choose(three, { events: [rollback("1.3.0", "1.2.0", -5)] }),
      "ROLLBACK_TOO_SOON",
    ],
    ["is lifted by a target", choose(three, { events: [rollback("1.3.0", "1.2.0", 5)], to: "1.1.0" }), "1.1.0"],
    [
      "lifts nothing else by a target",
      choose(three, { events: [rollback("1.1.0", "1.2.0", 5)], to: "1.1.0" }),
      "ROLLBACK_NO_CANDIDATE",
    ],
    ["may be none", choose(three, { events: [rollback("1.3.0", "1.2.0", 0)], window: 0 }), "1.1.0"],
    ["does not follow an update", choose(three, { events: [update("1.1.0", "1.2.0", 0)] }), "1.1.0"],
    [
      "ends with an update",
      choose(three, { events: [rollback("1.3.0", "1.0.0", 20), update("1.0.0", "1.2.0", 10)] }),
      "1.1.0",
    ],
    [
      "comes before all other reasons",
      choose(timelineOf("1.2.0"), { events: [rollback("1.3.0", "1.2.0", 5)] }),
      "ROLLBACK_TOO_SOON",
    ],
  ])("%s", (_, { chosen, refusal }, expected) => {
    expect(refusal?.code ?? chosen?.pin.version).toBe(expected);
  });

  it("says how long ago, and how long it is", () => {
    const { refusal } = choose(three, { events: [rollback("1.3.0", "1.2.0", 12)], window: hour / 2 });
    expect(refusal?.message).toBe("retina/seg was rolled back to 1.2.0 12 min ago; the policy's window is 30 min");
  });
});

describe("what is said", () => {
  it("has each release once, with the newest time that it came", () => {
    const { candidates } = choose(timelineOf("1.2.0", "1.1.0", "1.0.0", "1.1.0", "1.0.0"), {});
    expect(candidates.map(({ pin, commit }) => [pin.version, commit.slice(0, 1)])).toEqual([
      ["1.1.0", "4"],
      ["1.0.0", "3"],
    ]);
  });

  it("gives the first reason of each release", () => {
    const { candidates } = choose(timelineOf("1.4.0", "1.3.0", "1.2.0", "1.1.0", "1.0.0", "1.4.0", "0.9.0"), {
      holds: [holdOf("1.3.0"), holdOf("1.4.0")],
      events: [rollback("1.3.0", "1.0.0", 300), rollback("1.2.0", "1.0.0", 200)],
      not: { "1.3.0": unread, "1.1.0": { kind: "unfit", why: "RELEASE_REVOKED it has a back door" }, "1.0.0": unread },
    });
    expect(candidates.map(({ pin, why, unread: error }) => [pin.version, why, error?.code])).toEqual([
      ["1.3.0", "it is held: Latency", undefined],
      ["1.2.0", "it was itself left by a rollback", undefined],
      ["1.1.0", "RELEASE_REVOKED it has a back door", undefined],
      ["1.0.0", "STORE_BUSY the store is busy", "STORE_BUSY"],
      ["1.4.0", "it is what runs now", undefined],
      ["0.9.0", "ran here before", undefined],
    ]);
  });

  it("lists every candidate and every commit that cannot be read, when there is none to go back to", () => {
    const { refusal } = choose(timelineOf("1.1.0", "POINTER_PIN_INVALID it is an alias", "1.0.0"), {
      holds: [holdOf("1.0.0")],
    });
    expect(refusal?.message).toBe("none of the 1 releases that ran here before may be gone back to");
    expect(refusal?.details).toEqual([
      `1.0.0 ${digestOf("1.0.0").slice(0, 19)}…: it is held: Latency`,
      "commit 222222222222: POINTER_PIN_INVALID it is an alias",
    ]);
  });

  it("lists what did run when what was asked for never did", () => {
    const { refusal } = choose(timelineOf("1.1.0", "an alias", "1.0.0"), { to: "9".repeat(500) });
    expect(refusal?.message.length).toBeLessThan(200);
    expect(refusal?.details).toEqual([
      `1.0.0 ${digestOf("1.0.0").slice(0, 19)}…: ran here before`,
      "commit 222222222222: an alias",
    ]);
  });

  it("tells nothing before from nothing that may be", () => {
    const { refusal } = choose(timelineOf("1.0.0", "an alias"), {});
    expect(refusal?.message).toBe("nothing ran here before that could be gone back to");
    expect(refusal?.details).toEqual(["commit 111111111111: an alias"]);
  });
});
