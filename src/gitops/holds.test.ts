import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bareRepository } from "../../test/support/git.ts";
import { expectError } from "../../test/support/refusal.ts";
import { type Temporary, temporaryDirectory } from "../../test/support/temporary.ts";
import { digestOf } from "../oci/index.ts";
import { holdOf, pointer } from "./fixtures/deployment.ts";
import { Repository, type Snapshot } from "./git/index.ts";
import { encodeHold, type Hold, holdsAt } from "./holds.ts";
import { places } from "./places.ts";

const { name, variant } = pointer;
const one = holdOf("1.0.0");

/** Where a hold lies in the folder of `environment`. */
const placeOf = (environment: string, version = "1.0.0") => places.hold(environment, name, variant, digestOf(version));
const text = (hold: object) => JSON.stringify(hold);
const without = (field: keyof Hold) => text({ ...one, [field]: undefined });

/** One file each, in the folder of an environment of its own; `{e}` in it is that environment's name. */
const unreadable: readonly (readonly [what: string, file: string | undefined, content: string])[] = [
  ["what is no JSON", undefined, "{"],
  ["what is empty", undefined, ""],
  ["what is no object", undefined, "null"],
  ["what is larger than a hold can be", undefined, text({ ...one, environment: "{e}" }).padEnd(16 * 1024 + 1)],
  ["one of another schema", undefined, text({ ...one, environment: "{e}", schema: "urn:slipway:hold:v2" })],
  ["one with a field too many", undefined, text({ ...one, environment: "{e}", until: "2027-01-01T00:00:00Z" })],
  ["one without a subject", undefined, without("subject").replace('"live"', '"{e}"')],
  ["one without a reason", undefined, without("reason").replace('"live"', '"{e}"')],
  ["one whose subject is no digest", undefined, text({ ...one, environment: "{e}", subject: "1.0.0" })],
  ["one whose time is none", undefined, text({ ...one, environment: "{e}", since: "yesterday" })],
  ["one of another environment", undefined, text(one)],
  ["one of another model", undefined, text({ ...one, environment: "{e}", name: "retina/other" })],
  ["one of another variant", undefined, text({ ...one, environment: "{e}", variant: "server" })],
  ["one of another release", placeOf("{e}", "9.9.9"), text({ ...one, environment: "{e}" })],
  ["one in a folder below", `${places.holdsOf("{e}", name, variant)}/old/x.json`, text({ ...one, environment: "{e}" })],
  ["what is not a hold at all", `${places.holdsOf("{e}", name, variant)}/README.md`, "# Holds\n"],
];
const environmentOf = (index: number) => `case-${index}`;

let root: Temporary;
let repository: Repository;
let snapshot: Snapshot;

beforeAll(async () => {
  root = await temporaryDirectory();
  const other = { environment: "test" };
  const bare = bareRepository(root.at("."), "gitops", {
    [placeOf("live")]: Buffer.from(encodeHold(one)).toString(),
    [placeOf("live", "1.1.0")]: Buffer.from(encodeHold(holdOf("1.1.0", { reason: "" }))).toString(),
    [placeOf("test", "1.2.0")]: Buffer.from(encodeHold(holdOf("1.2.0", other))).toString(),
    [`${places.holdsOf("live", name, "jetson2")}/x.json`]: "of another variant",
    ...Object.fromEntries(
      unreadable.map(([, file = placeOf("{e}"), content], index) => [
        file.replaceAll("{e}", environmentOf(index)),
        content.replaceAll("{e}", environmentOf(index)),
      ]),
    ),
  });
  repository = await Repository.open(
    { repository: bare, branch: "main" },
    {
      signal: new AbortController().signal,
      now: () => new Date(),
      committer: { name: "erin", email: "e@example.com" },
    },
  );
  snapshot = await repository.snapshot();
});
afterAll(async () => {
  await repository[Symbol.asyncDispose]();
  await root[Symbol.asyncDispose]();
});

describe("holds", () => {
  it("are those of the environment, the model and the variant", async () => {
    const held = await holdsAt(snapshot, "live", name, variant);
    expect(new Map(held.map((hold) => [hold.subject, hold]))).toEqual(
      new Map([
        [one.subject, one],
        [digestOf("1.1.0"), holdOf("1.1.0", { reason: "" })],
      ]),
    );
    expect(await holdsAt(snapshot, "test", name, variant)).toEqual([holdOf("1.2.0", { environment: "test" })]);
  });

  it("are none where nobody held anything", async () => {
    expect(await holdsAt(snapshot, "spare", name, variant)).toEqual([]);
    expect(await holdsAt(snapshot, "live", "retina", variant)).toEqual([]);
  });

  it.each(unreadable.map(([what], index) => [what, index] as const))("are not guessed from %s", async (_, index) => {
    const environment = environmentOf(index);
    const { message } = await expectError("HOLD_UNREADABLE", () => holdsAt(snapshot, environment, name, variant));
    expect(message).toContain(places.holdsOf(environment, name, variant));
  });

  it("of one environment that cannot be read leave the others alone", async () => {
    await expectError("HOLD_UNREADABLE", () => holdsAt(snapshot, environmentOf(0), name, variant));
    expect(await holdsAt(snapshot, "live", name, variant)).toHaveLength(2);
  });
});

describe("writing a hold", () => {
  it.each<[string, Partial<Hold>]>([
    ["a reason that is too long", { reason: "x".repeat(1001) }],
    ["no environment", { environment: "" }],
    ["a time in another form", { since: "20 November" }],
    ["an event that is no digest", { event: "sha256:none" }],
  ])("refuses %s, which nobody could read", (_, more) => {
    expect(() => encodeHold(holdOf("1.0.0", more))).toThrow();
  });

  it("gives lines that people can read", () => {
    const lines = Buffer.from(encodeHold(one)).toString().split("\n");
    expect(lines).toContain('  "reason": "Latency",');
    expect(lines.at(-1)).toBe("");
  });
});
