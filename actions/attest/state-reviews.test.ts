import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { predicateProblem, predicateType } from "../../src/evidence/index.ts";
import type { RunReview } from "../../src/github/index.ts";
import { expectError } from "../../test/support/refusal.ts";
import { stateReviews } from "./state-reviews.ts";

const yes: RunReview = { user: "octocat", comment: "Ship it!", environments: ["live"], state: "approved" };
const no: RunReview = { user: "hubot", comment: "", environments: ["live"], state: "rejected" };
const elsewhere: RunReview = { ...yes, environments: ["test"] };

describe("stateReviews", () => {
  it.each<[string, readonly RunReview[], string | undefined, string, readonly string[]]>([
    ["the only environment", [yes], undefined, "live", ["octocat"]],
    ["the environment that is asked for", [yes, elsewhere], "test", "test", ["octocat"]],
    ["all that was said of it", [no, yes, elsewhere], "live", "live", ["hubot", "octocat"]],
    ["one that was approved twice", [yes, { ...yes, user: "mona" }], undefined, "live", ["octocat", "mona"]],
    ["the approved one of two", [yes, { ...no, environments: ["test"] }], undefined, "live", ["octocat"]],
    [
      "one that was approved together with another",
      [{ ...yes, environments: ["test", "live"] }],
      "live",
      "live",
      ["octocat"],
    ],
  ])("states %s", (_, reviews, wanted, environment, users) => {
    const stated = stateReviews(reviews, wanted);
    expect(stated.environment).toBe(environment);
    expect(stated.approvals.map(({ user }) => user)).toEqual(users);
  });

  it.each([
    ["", undefined],
    ["  \n ", undefined],
    ["Ship it!", "Ship it!"],
    ["One\r\nTwo\tthree\u2028four ", "One Two three four"],
    ["x".repeat(500), "x".repeat(500)],
    ["x".repeat(501), `${"x".repeat(499)}…`],
    ["🚢".repeat(600), `${"🚢".repeat(499)}…`],
    ["half \ud83d", "half \ufffd"],
  ])("makes one line of the comment %j", (comment, line) => {
    const { approvals } = stateReviews([{ ...yes, comment }], undefined);
    expect(approvals).toEqual([
      { user: "octocat", ...(line === undefined ? {} : { comment: line }), environments: ["live"], state: "approved" },
    ]);
  });

  it.each<[string, readonly RunReview[], string | undefined, RegExp]>([
    ["no review", [], undefined, /no review of this run$/],
    ["none of this environment", [elsewhere], "live", /no review of this run for "live"$/],
    ["a rejection only", [no], undefined, /no approval of this run; it was rejected by hubot$/],
    ["a rejection of this environment", [no, elsewhere], "live", /for "live"; it was rejected by hubot$/],
  ])("is refused with %s", async (_, reviews, wanted, message) => {
    const error = await expectError("APPROVAL_NOT_GRANTED", () => stateReviews(reviews, wanted));
    expect(error.family).toBe("refused");
    expect(error.message).toMatch(message);
  });

  it("guesses not which of two environments is meant", async () => {
    const error = await expectError("PREDICATE_INPUT_MISSING", () => stateReviews([yes, elsewhere], undefined));
    expect(error.message).toContain('"environment"');
  });

  it("makes what an approval may state, of whatever GitHub says", () => {
    const environment = fc.constantFrom("a", "b", "c");
    const review = fc.record({
      user: fc.string({ minLength: 1, maxLength: 100 }),
      comment: fc.string({ unit: "binary", maxLength: 600 }),
      environments: fc.uniqueArray(environment, { minLength: 1 }),
      state: fc.constantFrom("approved" as const, "rejected" as const),
    });
    const approval = { to: "staging", reason: "Fine", approvedOn: "2026-11-20T12:00:00Z" };
    fc.assert(
      fc.property(fc.array(review, { maxLength: 20 }), environment, (reviews, wanted) => {
        const granted = reviews.some(
          ({ state, environments }) => state === "approved" && environments.includes(wanted),
        );
        fc.pre(granted);
        const predicate = { ...approval, ...stateReviews(reviews, wanted) };
        expect(predicateProblem(predicateType.approval, predicate)).toBeUndefined();
      }),
    );
  });
});
