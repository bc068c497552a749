import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readInputs } from "../../src/contract/index.ts";
import { SlipwayError } from "../../src/errors/index.ts";
import { encodeStatement, parseStatement, predicateProblem, predicateType } from "../../src/evidence/index.ts";
import type { RunReview } from "../../src/github/index.ts";
import { expectError } from "../../test/support/refusal.ts";
import { contract } from "./contract.ts";
import { planPredicate } from "./predicate.ts";

const run = { id: "7", attempt: 2, url: "https://ci.example.com/7" };
const now = new Date("2026-06-01T12:00:00Z");
const time = "2026-06-01T12:00:00.000Z";
const digest = `sha256:${"a".repeat(64)}` as const;

/** @param file content of the predicate's file; anything but a text as JSON */
function plan(texts: Readonly<Record<string, string>>, file?: unknown, reviews?: readonly RunReview[]) {
  const context = { directory: "/work", env: {} };
  const given = readInputs(contract, { subject: `oci:store:1-x@${digest}`, key: "key.pem", ...texts }, context);
  const text = typeof file === "string" ? file : JSON.stringify(file);
  return planPredicate(given, file === undefined ? undefined : { text, place: "predicate.yaml" }, {
    now,
    run,
    directory: "/work",
    reviews,
  });
}

const approval = { type: "approval", to: "production", reason: "Reviewed with the on-call team." };
const waiver = { type: "waiver", gate: "scan", to: "staging", reason: "No scanner yet.", until: "2026-09-30" };
const runbook = { type: "runbook", uri: "https://wiki.example.com/seg", "on-call": "team-vision" };
const rollback = { type: "rollback-plan", plan: `oci:store:1.4.0-rc1-jetson@${digest}` };
const result = { result: "PASSED", passedTests: ["p95<200ms"] };
const earlier = "2026-05-31T10:00:00Z";
const scan = {
  scanner: { uri: "pkg:github/aquasecurity/trivy@0.74.0", db: { lastUpdate: earlier }, result: [] },
  metadata: { scanStartedOn: earlier, scanFinishedOn: earlier },
};
const bom = {
  bomFormat: "CycloneDX",
  specVersion: "1.6",
  metadata: { component: { type: "machine-learning-model", name: "retina/seg" } },
};
const trained = {
  buildDefinition: { buildType: "https://example.com/train/v1", externalParameters: { epochs: 3 } },
  runDetails: { builder: { id: "https://ci.example.com" } },
};
const review: RunReview = { user: "octocat", comment: "Ship it!", environments: ["live"], state: "approved" };
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

  it.each([
    ["scan", "vulnerabilityScan", scan],
    ["sbom", "sbom", bom],
    ["provenance", "provenance", trained],
  ] as const)("a statement of type %s is the file itself", (type, kind, file) => {
    const predicate = { ...file, later: 1 };
    expect(plan({ type }, predicate)).toEqual({ type: predicateType[kind], check: type, exact: true, predicate });
  });

  it("a long bill of materials is read, which is too long for YAML", () => {
    const component = { type: "library", name: "x", hashes: [{ alg: "SHA-256", content: "ab" }] };
    const long = { ...bom, components: Array.from({ length: 10_000 }, () => component) };
    expect(plan({ type: "sbom" }, `\ufeff${JSON.stringify(long, undefined, 2)}`).predicate).toEqual(long);
    expect(
      plan({ type: "sbom" }, "bomFormat: CycloneDX\nspecVersion: '1.6'\nmetadata: {component: {type: a, name: b}}"),
    ).toMatchObject({ predicate: { specVersion: "1.6" } });
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

describe("an approval on GitHub", () => {
  const stated = { user: "octocat", comment: "Ship it!", environments: ["live"], state: "approved" };

  it("states who approved the run, and for which environment", () => {
    const { predicate } = plan(approval, undefined, [review]);
    expect(predicate).toMatchObject({ environment: "live", approvals: [stated], to: "production", run });
    expect(plan({ ...approval, environment: "live" }, undefined, [review]).predicate).toEqual(predicate);
  });

  it("may name its environment where GitHub was not asked", () => {
    expect(plan({ ...approval, environment: "live" }).predicate).toMatchObject({ environment: "live" });
  });

  it("is refused for an environment that nobody approved", async () => {
    const texts = { ...approval, environment: "production" };
    await expectError("APPROVAL_NOT_GRANTED", () => plan(texts, undefined, [review]));
    await expectError("APPROVAL_NOT_GRANTED", () => plan(approval, undefined, []));
  });

  it("takes what GitHub says from GitHub, and from no file", async () => {
    const file = { reason: "Fine", approvals: [stated] };
    const texts = { type: "approval", to: "staging" };
    expect(plan(texts, file).predicate).toMatchObject({ approvals: [stated] });
    const { message } = await expectError("PREDICATE_INVALID", () => plan(texts, file, [review]));
    expect(message).toContain('"approvals" is in the file');
  });

  it("does not take an environment from a file that GitHub was not asked for", async () => {
    const file = { reason: "Fine", environment: "test" };
    await expectError("PREDICATE_INVALID", () => plan({ type: "approval", to: "staging" }, file, [review]));
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

  it.each(["shadow", "canary", "scan", "sbom", "provenance", "custom"])("%s needs a file", async (type) => {
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
    ["JSON with a key twice", '{"to": "staging", "to": "production"}'],
  ])("a file that holds %s", async (_, file) => {
    const { message } = await expectError("PREDICATE_UNREADABLE", () => plan({ type: "approval" }, file));
    expect(message).toContain("predicate.yaml");
  });

  it.each([
    ["custom", '{"a": {"b": [9007199254740993]}}', "a.b.0"],
    ["custom", "a: .inf", "a"],
    ["custom", "a: .nan", "a"],
    ["sbom", '{"a": 1e400}', "a"],
    ["sbom", `{"a": ${"[".repeat(100_000)}${"]".repeat(100_000)}}`, "a"],
  ])("%s with what JSON cannot carry: %j", async (type, file, where) => {
    const { message } = await expectError("PREDICATE_INVALID", () => plan({ ...privacy, type }, file));
    expect(message.startsWith(`predicate.yaml: ${where}: `)).toBe(true);
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
    ["scan", { Results: [] }, "scanner"],
    ["scan", { ...scan, scanner: { ...scan.scanner, result: [{ id: "CVE-1" }] } }, "scanner.result.0.severity"],
    ["scan", { ...scan, metadata: { ...scan.metadata, scanFinishedOn: "today" } }, "metadata.scanFinishedOn"],
    ["sbom", { ...bom, bomFormat: "SPDX" }, "bomFormat"],
    ["sbom", { ...bom, metadata: {} }, "metadata.component"],
    ["provenance", { ...trained, buildDefinition: {} }, "buildDefinition.buildType"],
    ["approval", { to: "staging", reason: "Fine", approvals: [] }, "approvals"],
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

describe("whatever is planned", () => {
  const files = [
    { to: "staging", reason: "Fine", approvedOn: earlier, approvals: [review] },
    { gate: "scan", to: "staging", reason: "Not yet", until: "2026-09-30T00:00:00Z" },
    { uri: "https://wiki.example.com", onCall: "ml" },
    { plan: { kind: "withdraw" } },
    { ...result, metrics: [{ name: "p95", value: 1, passed: true }] },
    scan,
    bom,
    trained,
  ];
  const type = fc.constantFrom(...contract.inputs.type.choices);
  const value = fc.oneof(
    fc.jsonValue(),
    fc.constantFrom("staging", earlier, "live", Number.MAX_VALUE, 2 ** 60, "x".repeat(2000)),
  );
  const someFile = fc
    .tuple(fc.constantFrom(...files), fc.dictionary(fc.string(), value, { maxKeys: 2 }), fc.boolean())
    .chain(([file, more, changed]) => {
      const known = fc.dictionary(fc.constantFrom(...Object.keys(file)), value, { maxKeys: 1 });
      return known.map((other) => ({ ...file, ...(changed ? { ...more, ...other } : {}) }));
    });
  const texts = fc.record(
    {
      to: fc.constantFrom("staging", "production"),
      reason: fc.string({ minLength: 1, maxLength: 1100 }),
      environment: fc.constantFrom("live", "test"),
      until: fc.constantFrom("2026-09-30", "soon"),
      "on-call": fc.string({ minLength: 1 }),
      uri: fc.webUrl(),
      gate: fc.constantFrom("scan", "Scan!"),
      plan: fc.constantFrom("withdraw", rollback.plan),
      "predicate-type": fc.constantFrom(privacy["predicate-type"], ...Object.values(predicateType)),
    },
    { requiredKeys: [] },
  );

  it("is read again as what it was, or was refused", async () => {
    let planned = 0;
    await fc.assert(
      fc.asyncProperty(type, texts, fc.option(someFile), fc.boolean(), async (name, more, file, asked) => {
        const made = await plannedOf({ type: name, ...more }, file ?? undefined, asked ? [review] : undefined);
        if (made === undefined) return;
        planned += 1;
        const read = parseStatement(encodeStatement(digest, made.type, made.predicate));
        expect(read?.predicate).toEqual(made.predicate);
        expect(predicateProblem(made.type, read?.predicate)).toBeUndefined();
      }),
      { numRuns: 1000 },
    );
    expect(planned).toBeGreaterThan(25);
  });

  async function plannedOf(given: Readonly<Record<string, string>>, file: unknown, reviews?: readonly RunReview[]) {
    try {
      return plan(given, file, reviews);
    } catch (error) {
      if (error instanceof SlipwayError && error.family !== "bug") return undefined;
      throw error;
    }
  }
});
