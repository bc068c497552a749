import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { expectError } from "../../test/support/refusal.ts";
import { digestOf } from "../oci/index.ts";
import { type Results, resultsFile } from "./fixtures/results.ts";
import { maxReportBytes, parseLmEval } from "./parse-lm-eval.ts";

type Change = (file: Results) => void;

const parse = (change?: Change) => parseLmEval(resultsFile(change), "results.json");
const encoded = (text: string) => new TextEncoder().encode(text);

const real = join(import.meta.dirname, "../../action-fixtures/evaluations");
const readReal = async (name: string) => parseLmEval(await readFile(join(real, name)), name);

describe("a results file", () => {
  it("is read with what matters for a decision", () => {
    const bytes = resultsFile();
    const { tasks, ...report } = parseLmEval(bytes, "results.json");
    expect(report).toEqual({
      model: "/models/tiny-llm",
      harness: "lm-eval 0.4.12",
      limit: undefined,
      evaluatedOn: new Date("2025-11-21T01:13:45.120Z"),
      digest: digestOf(bytes),
    });
    expect(tasks.map(({ task, version, partial, invalid }) => [task, version, partial, invalid])).toEqual([
      ["gsm8k", "3", undefined, []],
      ["wikitext", "2", undefined, []],
    ]);
    expect(tasks.flatMap(({ metrics }) => metrics)).toEqual([
      {
        name: "gsm8k.exact_match,strict-match",
        metric: "exact_match",
        filter: "strict-match",
        value: 0.7551,
        stderr: 0.0118,
        sampleSize: 1319,
        higherIsBetter: true,
      },
      {
        name: "gsm8k.exact_match,flexible-extract",
        metric: "exact_match",
        filter: "flexible-extract",
        value: 0.7589,
        stderr: 0.0117,
        sampleSize: 1319,
        higherIsBetter: true,
      },
      {
        name: "wikitext.word_perplexity,none",
        metric: "word_perplexity",
        filter: "none",
        value: 9.12,
        stderr: undefined,
        sampleSize: 62,
        higherIsBetter: false,
      },
    ]);
  });

  it("of 0.4.8 has no names and no counts beside its values, and groups in their older form", () => {
    const { tasks } = parse((file) => {
      file.results = {
        mmlu: { " ": " ", "acc,none": 0.68, "acc_stderr,none": 0.0037, alias: "mmlu" },
        mmlu_stem: { alias: " - stem", "acc,none": 0.6, "acc_stderr,none": 0.01 },
        mmlu_other: { alias: " - other", "acc,none": 0.7, "acc_stderr,none": 0.01 },
      };
      file.group_subtasks = { mmlu: ["mmlu_stem", "mmlu_other"], mmlu_stem: [], mmlu_other: [] };
      file["n-samples"] = {
        mmlu_stem: { original: 100, effective: 100 },
        mmlu_other: { original: 50, effective: 50 },
      };
      file.higher_is_better = { mmlu: { acc: null } };
      file["lm_eval_version"] = "0.4.8";
    });
    expect(tasks.map(({ task }) => task)).toEqual(["mmlu", "mmlu_stem", "mmlu_other"]);
    expect(tasks[0]?.metrics).toEqual([
      {
        name: "mmlu.acc,none",
        metric: "acc",
        filter: "none",
        value: 0.68,
        stderr: 0.0037,
        sampleSize: 150,
        higherIsBetter: undefined,
      },
    ]);
    expect(tasks[1]?.metrics[0]?.sampleSize).toBe(100);
  });

  it("may have groups that share their tasks at every level", () => {
    const { tasks } = parse((file) => {
      file.results["g0"] = { "acc,none": 0.5 };
      const levels = Array.from({ length: 14 }, (_, i) => [`g${i}`, Array<string>(10).fill(`g${i + 1}`)] as const);
      file.group_subtasks = Object.fromEntries(levels);
    });
    expect(tasks[2]?.metrics).toMatchObject([{ name: "g0.acc,none", sampleSize: undefined }]);
  });

  it("with a group whose tasks are not all counted does not count the group", () => {
    const { tasks } = parse((file) => {
      file.results["suite"] = { "acc,none": 0.5 };
      file.group_subtasks = { suite: ["gsm8k", "lost"] };
    });
    expect(tasks[2]?.metrics).toMatchObject([{ name: "suite.acc,none", sampleSize: undefined }]);
  });

  it.each<[string, unknown]>([
    ["null", null],
    ['"N/A"', "N/A"],
    ['"0.7"', "0.7"],
    ["true", true],
    ["[0.7]", [0.7]],
    ["{}", {}],
    ["NaN", "NaN"],
    ["-Infinity", "-Infinity"],
  ])("keeps a metric whose value is %s as invalid", (shown, value) => {
    const [task] = parse((file) => Object.assign(file.results, { gsm8k: { "acc,none": value } })).tasks;
    expect(task?.metrics).toEqual([]);
    expect(task?.invalid).toEqual([{ name: "gsm8k.acc,none", metric: "acc", filter: "none", shown }]);
  });

  it("takes a number that is too large for one as invalid", () => {
    const text = new TextDecoder().decode(resultsFile()).replace("0.7551", "1e999");
    expect(parseLmEval(encoded(text), "results.json").tasks[0]?.invalid[0]?.shown).toBe("Infinity");
  });

  it.each<[unknown]>([["N/A"], [null], [-0.1], ["NaN"], [undefined]])(
    "has no standard error where it is %j",
    (stderr) => {
      const values = { "acc,none": 0.5, "acc_stderr,none": stderr };
      const [task] = parse((file) => Object.assign(file.results, { gsm8k: values })).tasks;
      expect(task?.metrics).toMatchObject([{ value: 0.5, stderr: undefined }]);
    },
  );

  it.each<[string, Change, string | undefined]>([
    ["model_name", (file) => Object.assign(file, { model_name: "a/b" }), "a/b"],
    ["arguments as text", (file) => Object.assign(file, { model_name: null }), "/models/tiny-llm"],
    [
      "arguments as text, of a server",
      (file) => Object.assign(file, { model_name: "", config: { model_args: "base_url=http://a, model=tiny" } }),
      "tiny",
    ],
    [
      "arguments as an object",
      (file) => Object.assign(file, { model_name: undefined, config: { model_args: { model: "m", pretrained: "p" } } }),
      "p",
    ],
    ["no arguments", (file) => Object.assign(file, { model_name: undefined, config: { model_args: {} } }), undefined],
  ])("names its model by %s", (_how, change, model) => {
    expect(parse(change).model).toBe(model);
  });

  it.each<[unknown, string | undefined]>([
    [null, undefined],
    [undefined, undefined],
    [20, "20"],
    [0, "0"],
    [0.1, "0.1"],
    ["20", '"20"'],
  ])("with limit %j is limited to %s", (limit, shown) => {
    expect(parse((file) => Object.assign(file.config, { limit })).limit).toBe(shown);
  });

  it.each([["2025-11-21"], [-1], [1e18], [null], ["NaN"]])("of the date %j has none", (date) => {
    expect(parse((file) => Object.assign(file, { date })).evaluatedOn).toBeUndefined();
  });

  it.each([["0.4.12\nx"], [4], [undefined]])("of the version %j is just of lm-eval", (lm_eval_version) => {
    expect(parse((file) => Object.assign(file, { lm_eval_version })).harness).toBe("lm-eval");
  });

  it("may use the names of what every object has", () => {
    const text =
      '{"config":{},"versions":{},"n-shot":{},"results":{"__proto__":{"acc,none":0.5},"constructor":{"acc,none":1}}}';
    const { tasks } = parseLmEval(encoded(text), "results.json");
    expect(tasks.map(({ task, version, metrics }) => [task, version, metrics[0]?.sampleSize])).toEqual([
      ["__proto__", "unversioned", undefined],
      ["constructor", "unversioned", undefined],
    ]);
  });
});

describe("what is no results file", () => {
  it.each<[string, string | Uint8Array, string]>([
    ["a text", "gsm8k: 0.7", "r.json: it is not JSON"],
    ["empty", "", "r.json: it is not JSON"],
    ["cut off", resultsFile().subarray(0, 500), "r.json: it is not JSON"],
    ["in Latin-1", Uint8Array.of(0x22, 0xe9, 0x22), "r.json: it is not UTF-8"],
    ["a list", "[]", 'r.json: it has no tasks under "results"'],
    ["without results", '{"config":{}}', 'it has no tasks under "results"'],
    ["with no result", '{"config":{},"results":{}}', 'it has no tasks under "results"'],
    ["with a list of results", '{"config":{},"results":[{}]}', 'it has no tasks under "results"'],
    ["without config", '{"results":{"a":{"acc,none":1}}}', 'it has no "config"'],
    ["with a result that is a number", '{"config":{},"results":{"a":1}}', "the results of a are not an object"],
    [
      "with a key twice",
      '{"config":{},"results":{"a":{"acc,none":0.1,"acc,none":0.9}}}',
      'the key "acc,none" stands twice',
    ],
    ["with a line break in a name", '{"config":{},"results":{"a":{"acc,n\\none":1}}}', "holds a control character"],
    ["with a long name", `{"config":{},"results":{"a":{"${"x".repeat(299)}":1}}}`, "longer than 300 characters"],
    [
      "with a group in itself",
      '{"config":{},"results":{"a":{}},"group_subtasks":{"a":["b"],"b":["a"]}}',
      "contains itself",
    ],
    [
      "with very deep groups",
      JSON.stringify({
        config: {},
        results: { g0: {} },
        group_subtasks: Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`g${i}`, [`g${i + 1}`]])),
      }),
      "the group g0 contains itself",
    ],
    [
      "with too many tasks",
      JSON.stringify({
        config: {},
        results: Object.fromEntries(Array.from({ length: 20_001 }, (_, i) => [`t${i}`, {}])),
      }),
      "more than 20000 tasks",
    ],
  ])("%s is refused", async (_what, content, problem) => {
    const bytes = typeof content === "string" ? encoded(content) : content;
    const error = await expectError("EVALUATION_MALFORMED", () => parseLmEval(bytes, "r.json"));
    expect(error.message).toContain(problem);
    expect(error.family).toBe("refused");
  });

  it("is refused unread when it is larger than 64 MiB", async () => {
    const error = await expectError("EVALUATION_TOO_LARGE", () =>
      parseLmEval(new Uint8Array(maxReportBytes + 1), "r.json"),
    );
    expect(error.message).toBe("r.json is larger than 64 MiB");
  });
});

describe("what lm-eval 0.4.13 wrote", () => {
  it("is comparable between two models on two servers", async () => {
    const [champion, candidate] = [await readReal("tiny-llm-1.4.0.json"), await readReal("tiny-llm-1.5.0.json")];
    expect(champion).toMatchObject({ model: "tiny-llm", harness: "lm-eval 0.4.13", limit: undefined });
    expect(champion.tasks[0]?.comparability).toBe(candidate.tasks[0]?.comparability);
    expect(champion.tasks[0]?.metrics.map(({ value }) => value)).toEqual([0.7475, 0.78]);
    expect(candidate.tasks[0]?.metrics.map(({ value }) => value)).toEqual([0.7975, 0.8325]);
    expect(champion.tasks[0]?.metrics[0]?.sampleSize).toBe(400);
    expect(champion.evaluatedOn?.getUTCFullYear()).toBe(2026);
  });

  it("says when it is limited", async () => {
    const limited = await readReal("limited.json");
    expect(limited.limit).toBe("20");
    expect(limited.tasks[0]?.comparability).not.toBe((await readReal("tiny-llm-1.5.0.json")).tasks[0]?.comparability);
    const chosen = await readReal("chosen-samples.json");
    expect(chosen.limit).toBeUndefined();
    expect(chosen.tasks[0]?.partial).toBe("only 3 of the 30 samples of tiny_pages were evaluated");
  });

  it("may hold groups, metrics whose lower values are better, and bare NaN", async () => {
    const { tasks } = await readReal("suite.json");
    const metrics = tasks.flatMap((task) => task.metrics);
    expect(metrics.map(({ name, sampleSize, higherIsBetter }) => [name, sampleSize, higherIsBetter])).toEqual([
      ["tiny_things_fruit.acc,none", 120, true],
      ["tiny_things_fruit.acc_norm,none", 120, true],
      ["tiny_things_tool.acc,none", 120, true],
      ["tiny_things_tool.acc_norm,none", 120, true],
      ["tiny_pages.word_perplexity,none", 30, false],
      ["tiny_pages.bits_per_byte,none", 30, false],
      ["tiny_things.acc,none", 240, true],
    ]);
    expect(tasks.flatMap(({ invalid }) => invalid)).toMatchObject([
      { name: "tiny_middle.exact_match,none", shown: "NaN" },
    ]);
  });
});
