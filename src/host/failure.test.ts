import { describe, expect, it } from "vitest";
import { defineErrors } from "../errors/index.ts";
import { renderMarkdown } from "../report/index.ts";
import { failureLines, failureOf, failureSummary } from "./failure.ts";

const testError = defineErrors("Test", {
  TAG_TAKEN: { family: "refused", meaning: "", remedy: "Choose another version." },
  TIMED_OUT: { family: "temporary", meaning: "", remedy: "Run it again." },
  KEY_MISSING: { family: "configuration", meaning: "", remedy: "Give the key." },
  WRONG_SUM: { family: "bug", meaning: "", remedy: "Report this." },
});

const open = (text: string) => text;
const plain = { color: false };

describe("failureOf", () => {
  it.each(["TAG_TAKEN", "TIMED_OUT", "KEY_MISSING"] as const)("shows no stack for %s", (code) => {
    expect(failureOf(testError(code, "no", { cause: new Error("deep") }), undefined, open).stack).toBeUndefined();
  });

  it("shows the stack of a known bug", () => {
    expect(failureOf(testError("WRONG_SUM", "2 + 2 = 5"), undefined, open).stack).toMatch(
      /^SlipwayError: 2 \+ 2 = 5\n {4}at /,
    );
  });

  it("takes anything else for a bug, with its causes", () => {
    const thrown = new TypeError("x is undefined", { cause: new AggregateError([new Error("one"), "two"], "both") });
    const { code, family, message, stack } = failureOf(thrown, undefined, open);
    expect({ code, family, message }).toEqual({ code: "INTERNAL", family: "bug", message: "x is undefined" });
    const heads = (stack ?? "").split("\n").filter((line) => !line.startsWith("    at "));
    expect(heads).toEqual([
      "TypeError: x is undefined",
      "Caused by: AggregateError: both",
      "Caused by: Error: one",
      "Caused by: two",
    ]);
  });

  it.each([
    ["nothing", undefined, "undefined"],
    ["a text", "just text", "just text"],
    ["an error without a message", new Error(""), "something without a message was thrown"],
  ])("copes with %s thrown", (_, thrown, message) => {
    expect(failureOf(thrown, undefined, open)).toMatchObject({ code: "INTERNAL", message });
  });

  it("stops following causes that go round", () => {
    const first = new Error("first");
    first.cause = first;
    expect(failureOf(first, undefined, open).stack?.match(/^(Caused by: )*Error: first$/gm)).toHaveLength(6);
  });

  it.each([
    ["an abort", new DOMException("aborted", "AbortError"), "TIMED_OUT"],
    ["a failure caused by an abort", new Error("x", { cause: new DOMException("aborted", "AbortError") }), "TIMED_OUT"],
    ["a failure of its own", new Error("x"), "INTERNAL"],
    ["a known failure", testError("TAG_TAKEN", "x"), "TAG_TAKEN"],
  ])("takes %s after a stop for what it is", (_, thrown, code) => {
    expect(failureOf(thrown, testError("TIMED_OUT", "stopped"), open).code).toBe(code);
  });

  it("hides secrets in every text", () => {
    const thrown = testError("WRONG_SUM", "m s3cret", { details: ["d s3cret"], remedy: "r s3cret" });
    const failure = failureOf(thrown, undefined, (text) => text.replaceAll("s3cret", "***"));
    expect(JSON.stringify(failure)).not.toContain("s3cret");
    expect(failure).toMatchObject({ message: "m ***", details: ["d ***"], remedy: "r ***" });
  });
});

describe("failureLines", () => {
  const failure = failureOf(
    testError("TAG_TAKEN", "the tag 2.4.1-jetson exists with another digest", {
      details: ["there: sha256:aa", "here: sha256:bb"],
    }),
    undefined,
    open,
  );

  it("shows code, message, details and remedy, a line each", () => {
    expect(failureLines(failure, plain)).toEqual([
      "TAG_TAKEN the tag 2.4.1-jetson exists with another digest",
      "  there: sha256:aa",
      "  here: sha256:bb",
      "→ Choose another version.",
    ]);
  });

  it("breaks long sentences for a terminal", () => {
    expect(failureLines(failure, { color: false, width: 34 })).toEqual([
      "TAG_TAKEN the tag 2.4.1-jetson",
      "  exists with another digest",
      "  there: sha256:aa",
      "  here: sha256:bb",
      "→ Choose another version.",
    ]);
  });

  it("shows a stack last", () => {
    expect(failureLines({ ...failure, details: [], stack: "Error: x\n    at y" }, plain).slice(2)).toEqual([
      "  Error: x",
      "      at y",
    ]);
  });

  it("sets the code apart in colour", () => {
    expect(failureLines(failure, { color: true })[0]).toBe(
      "\u001b[1m\u001b[31mTAG_TAKEN\u001b[39m\u001b[22m the tag 2.4.1-jetson exists with another digest",
    );
  });
});

describe("failureSummary", () => {
  it("is a page with what to do", () => {
    const failure = failureOf(testError("TAG_TAKEN", "the tag exists", { details: ["a|b"] }), undefined, open);
    expect(renderMarkdown(failureSummary("publish", failure))).toBe(
      `### publish refused: the tag exists

| | |
|:--|:--|
| Code | \`TAG_TAKEN\` |
| What to do | Choose another version. |

#### Details

| What was found |
|:--|
| a\\|b |
`,
    );
  });
});
