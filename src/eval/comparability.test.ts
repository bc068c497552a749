import { describe, expect, it } from "vitest";
import { type Results, resultsFile } from "./fixtures/results.ts";
import { parseLmEval } from "./parse-lm-eval.ts";

type Change = (file: Results) => void;

/** The task's comparability after a change. */
function of(change?: Change, task = "gsm8k") {
  const found = parseLmEval(resultsFile(change), "results.json").tasks.find((result) => result.task === task);
  if (found === undefined) throw new Error(`no task ${task}`);
  return found;
}

function differing(change: Change, task?: string): string[] {
  const [before, after] = [of(undefined, task), of(change, task)];
  const names = new Set([...Object.keys(before.comparabilityFacts), ...Object.keys(after.comparabilityFacts)]);
  const named = [...names].filter((name) => before.comparabilityFacts[name] !== after.comparabilityFacts[name]);
  expect(before.comparability === after.comparability).toBe(named.length === 0);
  return named;
}

describe("what makes results comparable", () => {
  it("is a SHA-256", () => {
    expect(of().comparability).toMatch(/^[0-9a-f]{64}$/);
  });

  it.each<[string, Change]>([
    ["the model", (file) => Object.assign(file, { model_name: "/models/other", model_source: "vllm" })],
    [
      "the model's arguments, in the task's metadata, too",
      (file) => {
        file.config["model_args"] = { pretrained: "/models/other", tensor_parallel_size: 2 };
        const { gsm8k } = file.configs;
        if (gsm8k !== undefined)
          gsm8k["metadata"] = { version: 3, pretrained: "/models/other", tensor_parallel_size: 2, revision: "main" };
      },
    ],
    [
      "the place of the task's file",
      (file) => Object.assign(file.configs["gsm8k"]?.["metadata"] ?? {}, { config_source: "b" }),
    ],
    ["batch size and device", (file) => Object.assign(file.config, { batch_size: 1, batch_sizes: [8], device: null })],
    [
      "times and environment",
      (file) => Object.assign(file, { date: 1, total_evaluation_time_seconds: "1", git_hash: "a" }),
    ],
    [
      "the tokenizer",
      (file) => Object.assign(file, { tokenizer_pad_token: ["x", "1"], max_length: 1, eot_token_id: 7 }),
    ],
    ["standard errors", (file) => Object.assign(file.config, { bootstrap_iters: 0 })],
    ["values", (file) => Object.assign(file.results["gsm8k"] ?? {}, { "exact_match,strict-match": 0.1 })],
    ["other tasks", (file) => Object.assign(file.configs, { wikitext: { task: "changed" } })],
    [
      "where a function lay in memory",
      (file) => Object.assign(file.configs["gsm8k"] ?? {}, { process_docs: "<function process_docs at 0x1F>" }),
    ],
    ["how nothing is written", (file) => Object.assign(file.config, { gen_kwargs: {}, limit: undefined })],
    ["how a version is written", (file) => Object.assign(file.versions, { gsm8k: "3" })],
    [
      "the order of keys",
      (file) =>
        Object.assign(file, {
          configs: {
            gsm8k: Object.fromEntries(Object.entries(file.configs["gsm8k"] ?? {}).toReversed()),
            wikitext: file.configs["wikitext"],
          },
          "n-samples": { gsm8k: { effective: 1319, original: 1319 } },
        }),
    ],
  ])("is not %s", (_what, change) => {
    expect(differing(change)).toEqual([]);
  });

  it.each<[string, Change]>([
    ["version", (file) => Object.assign(file.versions, { gsm8k: 4 })],
    ["n-shot", (file) => Object.assign(file["n-shot"], { gsm8k: 8 })],
    ["n-samples", (file) => Object.assign(file["n-samples"], { gsm8k: { original: 1319, effective: 100 } })],
    ["higher_is_better", (file) => Object.assign(file.higher_is_better, { gsm8k: { exact_match: false } })],
    ["limit", (file) => Object.assign(file.config, { limit: 0.1 })],
    ["gen_kwargs", (file) => Object.assign(file.config, { gen_kwargs: "temperature=0.7" })],
    ["random_seed", (file) => Object.assign(file.config, { random_seed: 1 })],
    ["numpy_seed", (file) => Object.assign(file.config, { numpy_seed: 1 })],
    ["torch_seed", (file) => Object.assign(file.config, { torch_seed: 1 })],
    ["fewshot_seed", (file) => Object.assign(file.config, { fewshot_seed: 1 })],
    ["fewshot_as_multiturn", (file) => Object.assign(file, { fewshot_as_multiturn: true })],
    ["system_instruction_sha", (file) => Object.assign(file, { system_instruction_sha: "ab" })],
    ["chat_template_sha", (file) => Object.assign(file, { chat_template_sha: "ab" })],
    ["chat_template_sha", (file) => Object.assign(file, { chat_template: "{{messages}}" })],
    ["config.doc_to_text", (file) => Object.assign(file.configs["gsm8k"] ?? {}, { doc_to_text: "{{question}}" })],
    [
      "config.process_docs",
      (file) => Object.assign(file.configs["gsm8k"] ?? {}, { process_docs: "def other(): pass" }),
    ],
    [
      "config.metadata",
      (file) => Object.assign(file.configs["gsm8k"]?.["metadata"] ?? {}, { max_seq_lengths: [4096] }),
    ],
    ["config.target_delimiter", (file) => Object.assign(file.configs["gsm8k"] ?? {}, { target_delimiter: " " })],
  ])("is %s", (fact, change) => {
    expect(differing(change)).toEqual([fact]);
  });

  it("tells texts apart that are alike for longer than is shown", () => {
    const long = (end: string) => (file: Results) =>
      Object.assign(file.configs["gsm8k"] ?? {}, { doc_to_text: `${"x".repeat(500)}${end}` });
    expect(of(long("a")).comparabilityFacts["config.doc_to_text"]).toMatch(/^"x{39}… \(sha256 [0-9a-f]{12}\)$/);
    expect(of(long("a")).comparabilityFacts).not.toEqual(of(long("b")).comparabilityFacts);
  });

  it("is equal to no other's where the report does not say how a task is configured", () => {
    const without = (date: number) => (file: Results) => Object.assign(file, { configs: {}, date });
    expect(of(without(1)).comparability).toBe(of(without(1)).comparability);
    expect(of(without(1)).comparability).not.toBe(of(without(2)).comparability);
  });

  describe("in a group", () => {
    const group: Change = (file) => {
      file.results["suite"] = { alias: "suite", "acc,none": 0.5 };
      file.group_subtasks = { suite: ["inner"], inner: ["gsm8k", "wikitext"], gsm8k: [], wikitext: [] };
      file.versions["suite"] = "1";
    };
    const then =
      (change: Change): Change =>
      (file) => {
        group(file);
        change(file);
      };

    it("is that of every task in it", () => {
      const before = of(group, "suite");
      expect(Object.keys(before.comparabilityFacts)).toContain("subtask.inner");
      const changed = then((file) => Object.assign(file["n-shot"], { wikitext: 3 }));
      expect(of(changed, "suite").comparability).not.toBe(before.comparability);
      expect(of(changed, "gsm8k").comparability).toBe(of(undefined).comparability);
    });

    it("is its version and its members", () => {
      const before = of(group, "suite").comparability;
      expect(
        of(
          then((file) => Object.assign(file.versions, { suite: "2" })),
          "suite",
        ).comparability,
      ).not.toBe(before);
      const fewer = then((file) => Object.assign(file.group_subtasks, { inner: ["gsm8k"] }));
      expect(of(fewer, "suite").comparability).not.toBe(before);
    });
  });
});
