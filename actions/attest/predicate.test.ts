import { describe, expect, it } from "vitest";
import { readInputs } from "../../src/contract/index.ts";
import { predicateType } from "../../src/evidence/index.ts";
import { expectError } from "../../test/support/refusal.ts";
import { contract } from "./contract.ts";
import { planPredicate } from "./predicate.ts";

const run = { id: "7", attempt: 2, url: "https://ci.example.com/7" };
const now = new Date("2026-06-01T12:00:00Z");
const time = "2026-06-01T12:00:00.000Z";
const digest = `sha256:${"a".repeat(64)}`;

/** @param file content of the predicate's file; anything but a text as JSON */
function plan(texts: Readonly<Record<string, string>>, file?: unknown) {
  const context = { directory: "/work", env: {} };
  const given = readInputs(contract, { subject: `oci:store:1-x@${digest}`, key: "key.pem", ...texts }, context);
  const text = typeof file === "string" ? file : JSON.stringify(file);
  return planPredicate(given, file === undefined ? undefined : { text, place: "predicate.yaml" }, {
    now,
    run,
    directory: "/work",
  });
}

const approval = { type: "approval", to: "production", reason: "Reviewed with the on-call team." };
const waiver = { type: "waiver", gate: "scan", to: "staging", reason: "No scanner yet.", until: "2026-09-30" };
const runbook = { type: "runbook", uri: "https://wiki.example.com/seg", "on-call": "team-vision" };
const rollback = { type: "rollback-plan", plan: `oci:store:1.4.0-rc1-jetson@${digest}` };
const result = { result: "PASSED", passedTests: ["p95<200ms"] };
const privacy = { type: "custom", "predicate-type": "https://example.com/privacy-review/v1" };

describe("from inputs", () => {
  it("an approval", () => {
    expect(plan(approval)).toEqual({
      type: predicateType.approval,
      check: "approval",
      exact: false,
      predicate: { to: "production", reason: approval.reason, approvedOn: time, run },
    });
  });

  it.each([
    ["2026-09-30", "2026-09-30T23:59:59Z"],
    ["2026-06-01", "2026-06-01T23:59:59Z"],
    ["2026-06-01T12:00:01Z", "2026-06-01T12:00:01Z"],
    ["2026-09-30T10:00:00+02:00", "2026-09-30T08:00:00Z"],
  ])("a waiver until %s", (until, expected) => {
    expect(plan({ ...waiver, until })).toEqual({
      type: predicateType.waiver,
      check: "waiver",
      exact: false,
      predicate: { gate: "scan", to: "staging", reason: waiver.reason, waivedOn: time, until: expected, run },
    });
  });

  it("a runbook", () => {
    expect(plan(runbook)).toEqual({
      type: predicateType.runbook,
      check: "runbook",
      exact: false,
      predicate: { uri: runbook.uri, onCall: "team-vision", recordedOn: time, run },
    });
  });

  it.each([
    ["a release", rollback, { plan: { kind: "release", subject: digest, version: "1.4.0-rc1" } }],
    [
      "a release in a registry",
      { ...rollback, plan: `registry.example.com/seg:1.4.0-jetson@${digest}` },
      { plan: { kind: "release", subject: digest, version: "1.4.0" } },
    ],
    ["nothing", { ...rollback, plan: "withdraw" }, { plan: { kind: "withdraw" } }],
    [
      "nothing, with instructions",
      { ...rollback, plan: "withdraw", instructions: "Call the clinic." },
      { plan: { kind: "withdraw" }, instructions: "Call the clinic." },
    ],
  ])("a rollback plan to %s", (_, texts, said) => {
    expect(plan(texts)).toEqual({
      type: predicateType.rollbackPlan,
      check: "rollback-plan",
      exact: false,
      predicate: { ...said, recordedOn: time, run },
    });
  });
});

describe("from a file", () => {
  it.each([
    [{ type: "approval" }, { to: "staging", reason: "Fine", approvedOn: "2026-05-31T00:00:00Z" }],
    [{ type: "waiver" }, { gate: "scan", to: "staging", reason: "Not yet", until: "2026-09-30T00:00:00Z" }],
    [{ type: "runbook" }, { uri: "https://wiki.example.com", onCall: "ml", digest: { sha256: "b".repeat(64) } }],
    [{ type: "rollback-plan" }, { plan: { kind: "withdraw" } }],
  ])("%j with all that it needs", (texts, file) => {
    expect(plan(texts, file).predicate).toMatchObject({ ...file, run });
  });

  it("and an input for what it does not say", () => {
    const { predicate } = plan({ type: "approval", to: "staging" }, "reason: |-\n  Reviewed\n");
    expect(predicate).toEqual({ to: "staging", reason: "Reviewed", approvedOn: time, run });
  });

  it.each(["shadow", "canary"])("a %s result is one of that check, whatever the file calls it", (type) => {
    const configuration = [{ name: "evaluation" }, { name: type, uri: "https://x" }, { name: "traffic" }];
    const { predicate, ...rest } = plan({ type }, { ...result, configuration });
    expect(rest).toEqual({ type: predicateType.testResult, check: type, exact: false });
    expect(predicate).toEqual({
      ...result,
      configuration: [{ name: type }, { name: "evaluation" }, { name: "traffic" }],
      evaluatedOn: time,
      run,
    });
    expect(plan({ type }, "result: PASSED\nevaluatedOn: 2026-05-31T10:00:00Z\n").predicate).toEqual({
      result: "PASSED",
      configuration: [{ name: type }],
      evaluatedOn: "2026-05-31T10:00:00Z",
      run,
    });
  });

  it("a custom statement is the file itself", () => {
    const file = { reviewed: true, by: ["legal"], n: 1.5 };
    expect(plan(privacy, file)).toEqual({
      type: privacy["predicate-type"],
      check: "custom",
      exact: true,
      predicate: file,
    });
  });
});

const without = (texts: Readonly<Record<string, string>>, name: string) =>
  Object.fromEntries(Object.entries(texts).filter(([key]) => key !== name));

describe("what is not given", () => {
  it.each([
    ...["to", "reason"].map((name) => [approval, name] as const),
    ...["gate", "to", "reason", "until"].map((name) => [waiver, name] as const),
    ...["uri", "on-call"].map((name) => [runbook, name] as const),
    [rollback, "plan"] as const,
    [privacy, "predicate-type"] as const,
  ])("%j needs %s", async (texts, name) => {
    const { message } = await expectError("PREDICATE_INPUT_MISSING", () => plan(without(texts, name)));
    expect(message).toBe(`a statement of type ${texts["type"]} needs the input "${name}"`);
  });

  it.each(["shadow", "canary", "custom"])("%s needs a file", async (type) => {
    const { message } = await expectError("PREDICATE_INPUT_MISSING", () => plan({ ...privacy, type }));
    expect(message).toMatch(/the input "predicate"$/);
  });

  it.each([
    [{ type: "approval", reason: "Fine" }, {}, "to"],
    [{ type: "waiver", gate: "scan", to: "staging", reason: "Fine" }, {}, "until"],
    [{ type: "runbook", uri: "https://x" }, {}, "onCall"],
    [{ type: "rollback-plan" }, { instructions: "Call" }, "plan"],
  ])("%j with a file that lacks it as well is no statement", async (texts, file, name) => {
    const { message } = await expectError("PREDICATE_INVALID", () => plan(texts, file));
    expect(message).toMatch(new RegExp(`^predicate\\.yaml: ${name}: `));
  });
});

describe("what does not fit", () => {
  it.each([
    [approval, { to: "staging" }, "to"],
    [approval, { reason: "Other" }, "reason"],
    [waiver, { until: "2026-07-01T00:00:00Z" }, "until"],
    [runbook, { onCall: "others" }, "onCall"],
    [{ ...rollback, instructions: "Call" }, { instructions: "Do not" }, "instructions"],
    [rollback, { plan: { kind: "withdraw" } }, "plan"],
  ])("%j and a file that says it, too: %j", async (texts, file, member) => {
    const { message } = await expectError("PREDICATE_INVALID", () => plan(texts, file));
    expect(message).toContain(`"${member}" is in the file`);
  });

  it.each([
    ["a list", []],
    ["a text", '"approved"'],
    ["nothing", ""],
    ["null", "null"],
    ["neither JSON nor YAML", "{"],
    ["YAML with a key twice", "to: staging\nto: production\n"],
    ["two documents", "to: staging\n---\nto: production\n"],
  ])("a file that holds %s", async (_, file) => {
    const { message } = await expectError("PREDICATE_UNREADABLE", () => plan({ type: "approval" }, file));
    expect(message).toContain("predicate.yaml");
  });

  it.each([
    ["approval", { to: "prod", reason: "Fine" }, "to"],
    ["approval", { to: "staging", reason: "Fine", approvedBy: "me" }, "the predicate"],
    ["approval", { to: "staging", reason: "Two\nlines" }, "reason"],
    ["approval", { to: "staging", reason: "" }, "reason"],
    ["approval", { to: "staging", reason: "x".repeat(1001) }, "reason"],
    ["approval", { to: "staging", reason: "Fine", approvedOn: "yesterday" }, "approvedOn"],
    ["waiver", { gate: "Scan!", to: "staging", reason: "Fine", until: "2027-01-01T00:00:00Z" }, "gate"],
    ["waiver", { gate: "scan", to: "staging", reason: "Fine", until: "2027-01-01" }, "until"],
    ["waiver", { gate: "scan", to: "staging", reason: "Fine", until: 20270101 }, "until"],
    ["runbook", { uri: "https://x", onCall: "ml", digest: { sha256: "abc" } }, "digest.sha256"],
    ["rollback-plan", { plan: { kind: "release", subject: digest } }, "plan.version"],
    ["rollback-plan", { plan: { kind: "hope" } }, "plan.kind"],
    ["shadow", { result: "GREAT" }, "result"],
    ["shadow", { ...result, metrics: [{ name: "p95", value: "N/A", passed: true }] }, "metrics.0.value"],
    ["canary", { ...result, supersedes: ["abc"] }, "supersedes.0"],
    ["canary", { ...result, run: "7" }, "run"],
  ])("%s with %j", async (type, file, where) => {
    const { message } = await expectError("PREDICATE_INVALID", () => plan({ type }, file));
    expect(message.startsWith(`predicate.yaml: ${where}: `)).toBe(true);
  });

  it.each(["soon", "2026-13-01", "30.09.2026", "2026-09", "tomorrow 2026-09-30"])(
    "a waiver until %s",
    async (until) => {
      const { message } = await expectError("PREDICATE_INVALID", () => plan({ ...waiver, until }));
      expect(message).toContain(`"${until}"`);
    },
  );

  it.each([
    ["2026-05-31", undefined],
    ["2026-06-01T12:00:00Z", undefined],
    ["2026-06-01T13:59:59+02:00", undefined],
    [undefined, "2026-06-01T11:59:59Z"],
  ])("a waiver that is over: until %s, and in the file %s", async (until, inFile) => {
    const texts = until === undefined ? without(waiver, "until") : { ...waiver, until };
    const file = inFile === undefined ? undefined : { until: inFile };
    const { message } = await expectError("PREDICATE_INVALID", () => plan(texts, file));
    expect(message).toMatch(/is over already/);
  });

  it.each([
    ["a tag alone", "oci:store:1.4.0-jetson", "DIGEST_REQUIRED"],
    ["a digest alone", `oci:store@${digest}`, "PREDICATE_INVALID"],
    ["a tag that moves", `oci:store:latest-jetson@${digest}`, "PREDICATE_INVALID"],
    ["a tag of evidence", `oci:store:1.4.0-jetson_production@${digest}`, "PREDICATE_INVALID"],
    ["the tag of an index", `oci:store:1.4.0@${digest}`, "PREDICATE_INVALID"],
    ["no reference", "the last one", "REFERENCE_INVALID"],
    ["a misspelt withdrawal", "Withdraw", "REFERENCE_INVALID"],
  ])("a rollback plan with %s", async (_, text, code) => {
    await expectError(code, () => plan({ ...rollback, plan: text }));
  });
});

describe("a custom statement", () => {
  it.each(Object.entries(predicateType))("may not be a %s", async (_, type) => {
    await expectError("PREDICATE_TYPE_RESERVED", () => plan({ type: "custom", "predicate-type": type }, result));
  });

  it.each(["privacy review", "privacy-review", "https:", "7:x", `https://${"x".repeat(600)}`])(
    "is not of type %s",
    async (type) => {
      await expectError("PREDICATE_INVALID", () => plan({ type: "custom", "predicate-type": type }, {}));
    },
  );
});
