import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { readInputs } from "../../src/contract/index.ts";
import { encodeStatement, predicateType } from "../../src/evidence/index.ts";
import { type Digest, digestOf } from "../../src/oci/index.ts";
import { evidenceTag, parseTag } from "../../src/release/index.ts";
import {
  attachStatement,
  collectEvidence,
  keySigner,
  readSigningKey,
  readTrustedKeys,
  signStatement,
  trustKeys,
} from "../../src/signing/index.ts";
import { writeKeyPair } from "../../test/support/key-pair.ts";
import { openLayout, packInto, writeFiles } from "../../test/support/packed-release.ts";
import { quietHost } from "../../test/support/quiet-host.ts";
import { expectError } from "../../test/support/refusal.ts";
import { temporaryDirectory } from "../../test/support/temporary.ts";
import { contract } from "./contract.ts";
import { run } from "./step.ts";

const fixtures = resolve(import.meta.dirname, "../../action-fixtures/evaluations");
const strict = "tiny_sums.exact_match,strict-match";
const name = "tiny-llm";

const thresholds = (metrics: object, more: object = { model: name }) => JSON.stringify({ ...more, metrics });

/** A directory with releases in a store, and the keys of people; each test works in a copy of it. */
async function prepare(first: string): Promise<ReadonlyMap<string, Digest>> {
  const subjects = new Map<string, Digest>();
  for (const [release, more] of [
    ["1.4.0-default", {}],
    ["1.5.0-default", {}],
    ["1.5.0-tiny", { variant: "tiny" }],
    ["9.0.0-default", { name: "other-llm" }],
  ] as const) {
    await writeFiles(join(first, release), { "weights.bin": release });
    const [version = "", variant = ""] = release.split("-");
    const facts = { name, version, variant, tag: release, ...more };
    const { subject } = await packInto(join(first, "store"), join(first, release), { facts });
    subjects.set(release, subject.digest);
  }
  for (const person of ["judge", "stranger"]) await writeKeyPair(join(first, person));
  for (const file of ["tiny-llm-1.4.0.json", "tiny-llm-1.5.0.json", "suite.json", "limited.json"])
    await cp(join(fixtures, file), join(first, file));
  await writeFile(join(first, "thresholds.yaml"), thresholds({ [strict]: { min: 0.7, maxDrop: 0.01 } }));
  return subjects;
}

// Not in a hook: the tables below name releases by their digests.
const root = await temporaryDirectory();
const subjects = await prepare(root.at("first"));
afterAll(() => root[Symbol.asyncDispose]());

const subjectOf = (release: string): Digest => subjects.get(release) ?? "sha256:";
const reference = (release: string) => `oci:store:${release}@${subjectOf(release)}`;
const candidate = "1.5.0-default";
const champion = reference("1.4.0-default");

let work = "";
let tests = 0;
beforeEach(async () => {
  tests += 1;
  work = root.at(`work-${tests}`);
  await mkdir(work);
  await cp(root.at("first"), work, { recursive: true });
});

interface Where {
  readonly id?: string;
  readonly attempt?: number;
  readonly at?: string;
}

/** Judges the better model's results, unless something else is said. */
function gate(
  texts: Readonly<Record<string, string>> = {},
  { id = "77", attempt = 1, at = "2026-12-01T00:00:00Z" }: Where = {},
) {
  const given = { subject: reference(candidate), results: "tiny-llm-1.5.0.json", key: "judge.pem", ...texts };
  const host = { ...quietHost(work), run: { id, attempt, url: undefined }, now: () => new Date(at) };
  return run(readInputs(contract, given, { directory: work, env: {} }), host);
}

/** Evaluates the champion, whose values are the worse model's. */
const evaluateChampion = (texts: Readonly<Record<string, string>> = {}) =>
  gate({ subject: champion, results: "tiny-llm-1.4.0.json", ...texts }, { id: "70" });

async function evidence(release = candidate, key = "judge.pub") {
  const { store, pool } = await openLayout(join(work, "store"));
  await using _ = pool;
  const trust = trustKeys(await readTrustedKeys([key], work));
  return {
    tags: await store.tags(),
    // What is in a bundle is in cosign's older storage, too.
    found: (await collectEvidence(store, subjectOf(release), trust)).filter(({ storage }) => storage === "bundle"),
  };
}

/** The predicates that are attached to the candidate. */
async function stated() {
  return (await evidence()).found.map(({ judgement }) =>
    judgement.accepted ? judgement.statement.predicate : judgement,
  );
}

async function change(file: string, edit: (text: string) => string): Promise<void> {
  const text = await readFile(join(work, file), "utf8");
  const changed = edit(text);
  if (changed === text) throw new Error(`nothing was changed in ${file}`);
  await writeFile(join(work, file), changed);
}
const strictMatch = (value: string) => (text: string) => text.replace(/(?<="exact_match,strict-match": )[\d.]+/, value);

describe("a release that is good enough", () => {
  it("by thresholds alone passes, and the evidence says what was measured, against what, and by which run", async () => {
    const { outputs, refusal, summary } = await gate();
    expect(refusal).toBeUndefined();
    expect(outputs).toMatchObject({ verdict: "pass", failed: 0, subject: subjectOf(candidate) });
    const [only, ...others] = (await evidence()).found;
    expect(others).toEqual([]);
    expect(only).toMatchObject({ holder: outputs.bundle, judgement: { accepted: true, digest: outputs.statement } });
    const [predicate] = await stated();
    expect(predicate).toEqual({
      result: "PASSED",
      configuration: [
        { name: "evaluation" },
        { name: "thresholds", digest: { sha256: hashOf(await readFile(join(work, "thresholds.yaml"))) } },
        {
          name: "results of lm-eval 0.4.13",
          digest: { sha256: hashOf(await readFile(join(work, "tiny-llm-1.5.0.json"))) },
        },
      ],
      passedTests: [expect.stringContaining(strict)],
      warnedTests: [],
      failedTests: [],
      verdict: "pass",
      metrics: [
        expect.objectContaining({ name: strict, value: 0.7975, sampleSize: 400, threshold: 0.7, passed: true }),
      ],
      // When it was measured, not when it was signed.
      evaluatedOn: new Date(1_795_247_636_789).toISOString(),
      run: { id: "77", attempt: 1 },
    });
    expect(summary.title).toBe("Passed evaluation of tiny-llm 1.5.0 default");
    expect(summary.facts).toContainEqual({ label: "compared with", value: "thresholds only" });
  });

  it.each([
    ["its signed evaluation", {}, evaluateChampion],
    ["a file", { "baseline-results": "tiny-llm-1.4.0.json" }, async () => {}],
  ])("beside the champion, known by %s, passes", async (_, texts, prepare) => {
    await prepare();
    const { outputs, summary } = await gate({ baseline: champion, ...texts });
    expect(outputs.verdict).toBe("pass");
    const [predicate] = await stated();
    expect(predicate).toMatchObject({
      baseline: { digest: { sha256: subjectOf("1.4.0-default").slice(7) }, version: "1.4.0" },
      metrics: [{ name: strict, value: 0.7975, baseline: 0.7475 }],
    });
    expect(summary.facts).toContainEqual({ label: "compared with", value: "the champion 1.4.0" });
  });

  it("was measured now at the latest, whatever the results say", async () => {
    await gate({}, { at: "2026-06-01T00:00:00Z" });
    expect(await stated()).toMatchObject([{ evaluatedOn: "2026-06-01T00:00:00.000Z" }]);
  });
});

describe("a release that is not", () => {
  it.each([
    ["the threshold", {}, strictMatch("0.6999"), 1],
    ["the champion, by more than it may", { baseline: champion }, strictMatch("0.7374"), 1],
    ["both", { baseline: champion }, strictMatch("0.1"), 2],
  ])("because of %s, fails, and the failure is evidence", async (_, texts, edit, failed) => {
    await evaluateChampion();
    await change("tiny-llm-1.5.0.json", edit);
    const { outputs, refusal, summary } = await gate(texts);
    expect(refusal).toMatchObject({ code: "EVALUATION_FAILED", family: "refused" });
    expect(refusal?.details.join()).toContain(strict);
    expect(outputs).toMatchObject({ verdict: "fail", failed });
    expect(await stated()).toMatchObject([{ result: "FAILED", verdict: "fail", metrics: [{ passed: false }] }]);
    expect(summary.title).toMatch(/^Failed/);
  });

  it("falls behind by as much as it may, and passes", async () => {
    await evaluateChampion();
    await change("tiny-llm-1.5.0.json", strictMatch("0.7375"));
    expect((await gate({ baseline: champion })).outputs.verdict).toBe("pass");
  });
});

describe("what cannot be compared", () => {
  const taskVersion = (text: string) => text.replace(/(?<="versions": \{\s*"tiny_sums": )[\d.]+/, "2.0");
  it.each([
    ["another version of the task", { baseline: champion }, taskVersion, /version/],
    [
      "other shots",
      { baseline: champion },
      (text: string) => text.replace(/(?<="n-shot": \{\s*"tiny_sums": )2/, "5"),
      /shot/,
    ],
    [
      "another prompt, with the champion as a file",
      { baseline: champion, "baseline-results": "tiny-llm-1.4.0.json" },
      (text: string) => text.replaceAll("Question: {{question}}", "Q: {{question}}"),
      /doc_to_text/,
    ],
  ])("for %s is neither, and no pass", async (_, texts, edit, says) => {
    await evaluateChampion();
    await change("tiny-llm-1.5.0.json", edit);
    const { outputs, refusal } = await gate(texts);
    expect(refusal).toMatchObject({ code: "EVALUATION_INCOMPARABLE", family: "refused" });
    expect(outputs).toMatchObject({ verdict: "incomparable", failed: 0 });
    expect(await stated()).toMatchObject([{ result: "WARNED", verdict: "incomparable" }]);
    if (!("baseline-results" in texts)) return;
    expect(refusal?.details.join()).toMatch(says);
  });

  it("a run that saw a part of the samples decides nothing", async () => {
    await writeFile(join(work, "thresholds.yaml"), thresholds({ [strict]: { min: 0.01 } }));
    const { outputs, refusal } = await gate({ results: "limited.json" });
    expect([outputs.verdict, refusal?.code]).toEqual(["incomparable", "EVALUATION_INCOMPARABLE"]);
    expect(refusal?.details.join()).toMatch(/limit/);
  });

  it("a failure beside it stays a failure", async () => {
    await evaluateChampion();
    await change("tiny-llm-1.5.0.json", (text) => taskVersion(strictMatch("0.1")(text)));
    expect((await gate({ baseline: champion })).outputs.verdict).toBe("fail");
  });
});

describe("nothing is concluded and nothing attached", () => {
  const named = (metrics: object, more?: object) => () =>
    writeFile(join(work, "thresholds.yaml"), thresholds(metrics, more));
  const inResults = (edit: (text: string) => string) => () => change("tiny-llm-1.5.0.json", edit);
  const rows: readonly [string, string, Readonly<Record<string, string>>, (() => Promise<unknown>)?][] = [
    ["from NaN", "EVALUATION_VALUE_INVALID", {}, inResults(strictMatch("NaN"))],
    ["from N/A", "EVALUATION_VALUE_INVALID", {}, inResults(strictMatch('"N/A"'))],
    ["from null", "EVALUATION_VALUE_INVALID", {}, inResults(strictMatch("null"))],
    ["from Infinity", "EVALUATION_VALUE_INVALID", {}, inResults(strictMatch("Infinity"))],
    [
      "from a NaN that lm_eval wrote",
      "EVALUATION_VALUE_INVALID",
      { results: "suite.json" },
      named({ "tiny_middle.exact_match,none": { min: 0 } }, {}),
    ],
    ["from a metric that is missing", "EVALUATION_METRIC_MISSING", {}, named({ "tiny_sums.f1": { min: 0 } })],
    [
      "from a task that is missing",
      "EVALUATION_METRIC_MISSING",
      { results: "suite.json" },
      named({ [strict]: { min: 0 } }, {}),
    ],
    [
      "from results of another model",
      "EVALUATION_OTHER_MODEL",
      {},
      inResults((text) => text.replace('"model_name": "tiny-llm"', '"model_name": "other-llm"')),
    ],
    ["from results that are not there", "EVALUATION_UNREADABLE", { results: "nowhere.json" }],
    ["from a directory", "EVALUATION_UNREADABLE", { results: "store" }],
    ["from results that are cut off", "EVALUATION_MALFORMED", {}, inResults((text) => text.slice(0, -20))],
    ["without thresholds", "EVALUATION_UNREADABLE", { thresholds: "nowhere.yaml" }],
    ["from a drop without a champion", "THRESHOLDS_CHECK_NOTHING", {}, named({ [strict]: { maxDrop: 0.1 } })],
    ["for a tag without a digest", "DIGEST_REQUIRED", { subject: `oci:store:${candidate}` }],
    ["without the key", "SECRET_UNREADABLE", { key: "nobody.pem" }],
    ["beside a champion without a digest", "DIGEST_REQUIRED", { baseline: "oci:store:1.4.0-default" }],
    ["beside a champion that nobody evaluated", "BASELINE_UNEVALUATED", { baseline: champion }],
    ["beside itself", "BASELINE_OTHER_MODEL", { baseline: reference(candidate) }],
    ["beside another variant", "BASELINE_OTHER_MODEL", { baseline: reference("1.5.0-tiny") }],
    ["beside another model", "BASELINE_OTHER_MODEL", { baseline: reference("9.0.0-default") }],
    ["beside results of nobody", "BASELINE_UNNAMED", { "baseline-results": "tiny-llm-1.4.0.json" }],
    ["for a reason without what it is for", "SUPERSEDES_INVALID", { "supersedes-reason": "It was wrong." }],
    ["instead of what is no digest", "SUPERSEDES_INVALID", { supersedes: "7", "supersedes-reason": "It was wrong." }],
    [
      "instead of what nobody stated",
      "SUPERSEDES_INVALID",
      { supersedes: `sha256:${"0".repeat(64)}`, "supersedes-reason": "It was wrong." },
    ],
    ["instead of another without a reason", "SUPERSEDES_INVALID", { supersedes: `sha256:${"0".repeat(64)}` }],
  ];
  it.each(rows)("%s", async (_, code, texts, prepare) => {
    await prepare?.();
    const { tags } = await evidence();
    await expectError(code, () => gate(texts));
    expect((await evidence()).tags).toEqual(tags);
  });

  it("beside a champion whose evaluation a stranger signed, unless the stranger is named", async () => {
    await evaluateChampion({ key: "stranger.pem" });
    await expectError("BASELINE_UNEVALUATED", () => gate({ baseline: champion }));
    const { outputs } = await gate({ baseline: champion, "baseline-key": "stranger.pub" });
    expect(outputs.verdict).toBe("pass");
  });
});

describe("the evidence tag", () => {
  it("names the run, and what the run said", async () => {
    const { outputs } = await gate({}, { id: "4711", attempt: 3 });
    expect((await evidence()).tags).toContain(outputs.tag);
    expect(parseTag(outputs.tag)).toEqual({
      kind: "evidence",
      version: "1.5.0",
      variant: "default",
      check: expect.stringMatching(/^evaluation-[0-9a-f]{8}$/),
      run: "4711",
      attempt: 3,
    });
  });

  it("a second time in the same run, at any time, attaches nothing new and puts out the same", async () => {
    const once = await gate({}, { at: "2026-06-01T00:00:00Z" });
    const { tags } = await evidence();
    const twice = await gate({}, { at: "2026-06-01T01:00:00Z" });
    expect(twice.outputs).toEqual(once.outputs);
    expect((await evidence()).tags).toEqual(tags);
  });

  it.each([
    ["another run", { id: "78" }],
    ["another attempt", { attempt: 2 }],
  ])("in %s is another one", async (_, where) => {
    const [one, other] = [await gate(), await gate({}, where)];
    expect(other.outputs.statement).not.toBe(one.outputs.statement);
    expect((await evidence()).found).toHaveLength(2);
  });

  it("of one run may be several, for several suites and for a result that was replaced", async () => {
    const one = await gate();
    await writeFile(join(work, "other.yaml"), thresholds({ "tiny_sums.exact_match,flexible-extract": { min: 0.9 } }));
    const two = await gate({ thresholds: "other.yaml" });
    expect([one.outputs.verdict, two.outputs.verdict]).toEqual(["pass", "fail"]);
    const reason = { supersedes: two.outputs.statement, "supersedes-reason": "The threshold was a typing error." };
    const three = await gate(reason);
    const tags = [one, two, three].map(({ outputs }) => outputs.tag);
    expect(new Set(tags).size).toBe(3);
    expect((await evidence()).tags).toEqual(expect.arrayContaining(tags));
    expect((await stated()).at(-1)).toMatchObject({
      supersedes: [{ sha256: two.outputs.statement.slice(7) }],
      supersedesReason: "The threshold was a typing error.",
    });
  });
});

describe("what is superseded", () => {
  const instead = (statement: string) => gate({ supersedes: statement, "supersedes-reason": "It was wrong." });

  it.each(["It was wrong.\nApproved-By: nobody", "x".repeat(1001)])(
    "has a reason that can be read: %j",
    async (why) => {
      const { outputs } = await gate();
      const { tags } = await evidence();
      const again = { supersedes: outputs.statement, "supersedes-reason": why };
      await expectError("EVALUATION_UNSTATABLE", () => gate(again));
      expect((await evidence()).tags).toEqual(tags);
    },
  );

  it("must be an evaluation of this release by this evaluator", async () => {
    const stranger = await gate({ key: "stranger.pem" });
    await expectError("SUPERSEDES_INVALID", () => instead(stranger.outputs.statement));
    const { outputs } = await evaluateChampion();
    await expectError("SUPERSEDES_INVALID", () => instead(outputs.statement));
    await expectError("SUPERSEDES_INVALID", async () => instead(await shadowResult()));
  });

  /** Another result of the evaluator, which is no evaluation. */
  async function shadowResult(): Promise<Digest> {
    const { store, pool } = await openLayout(join(work, "store"));
    await using _ = pool;
    const digest = subjectOf(candidate);
    const predicate = { result: "FAILED", configuration: [{ name: "shadow" }] };
    const payload = encodeStatement(digest, predicateType.testResult, predicate);
    await attachStatement(store, {
      format: "bundle",
      subject: await store.resolve({ digest }),
      bundle: await signStatement(
        payload,
        keySigner(readSigningKey(await readFile(join(work, "judge.pem")), undefined, "judge")),
      ),
      predicateType: predicateType.testResult,
      tag: evidenceTag({ version: "1.5.0", variant: "default", check: "shadow", run: "1", attempt: 1 }),
      created: new Date("2026-12-01T00:00:00Z"),
    });
    return digestOf(payload);
  }

  it("of the champion is not compared with any more", async () => {
    const wrong = await evaluateChampion({ results: "tiny-llm-1.5.0.json" });
    await change("tiny-llm-1.5.0.json", strictMatch("0.75"));
    // It is not as good as what the champion was first said to be, and is better than what it is.
    expect((await gate({ baseline: champion })).outputs.verdict).toBe("fail");
    await evaluateChampion({ supersedes: wrong.outputs.statement, "supersedes-reason": "Results of another model." });
    expect((await gate({ baseline: champion }, { id: "79" })).outputs.verdict).toBe("pass");
  });
});

const hashOf = (bytes: Uint8Array) => digestOf(bytes).slice("sha256:".length);
