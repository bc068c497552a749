import { digestOf, hexOf } from "../oci/index.ts";
import { canonicalJson, isObject, member, membersOf } from "./json-value.ts";
import type { Facts } from "./report.ts";

/** What a value depends on beside the model. */
export interface Comparability {
  /** Lower-case hexadecimal SHA-256. */
  readonly hash: string;
  readonly facts: Facts;
}

const seeds = ["random_seed", "numpy_seed", "torch_seed", "fewshot_seed"];
/** The harness merges the model's arguments into each task's metadata; these say which model and from where. */
const modelFacts = ["pretrained", "model", "peft", "delta", "path", "engine", "revision", "tokenizer", "base_url"];
const longestShown = 60;

/**
 * What must be equal for two results of lm-evaluation-harness to be comparable: version, shots, samples, direction and
 * configuration of the task, or of each task of a group; limit, seeds, generation arguments, system instruction and
 * chat template of the run. What differs between two models is left out: their names and arguments, batch size,
 * device, tokens of the tokenizer, greatest length, times.
 *
 * @param report of lm-evaluation-harness, parsed
 * @param identity stands for the settings of a task that the report says nothing about, which are equal to no other's
 * @returns by the name of a task or group; undefined when groups contain each other or are nested out of all reason
 */
export function comparabilityOf(report: unknown, identity: string): (task: string) => Comparability | undefined {
  const run = factsOfRun(report);
  const ofModel = modelArguments(report);
  const known = new Map<string, Comparability>();
  const find = (task: string, depth: number): Comparability | undefined => {
    const before = known.get(task);
    if (before !== undefined || depth === 0) return before;
    const facts = [...run, ...factsOfTask(report, task)];
    const subtasks = subtasksOf(report, task);
    for (const subtask of subtasks) {
      const inner = find(subtask, depth - 1);
      if (inner === undefined) return undefined;
      facts.push([`subtask.${subtask}`, inner.hash]);
    }
    const config = member(member(report, "configs"), task);
    if (isObject(config)) facts.push(...factsOfConfig(config, ofModel));
    else if (subtasks.length === 0) facts.push(["config", `not recorded in ${identity}`]);
    const found = hashed(facts);
    known.set(task, found);
    return found;
  };
  return (task) => find(task, 16);
}

/** The tasks of a group, by their names; none for a task. */
export function subtasksOf(report: unknown, task: string): readonly string[] {
  const subtasks = member(member(report, "group_subtasks"), task);
  return Array.isArray(subtasks) ? subtasks.filter((subtask) => typeof subtask === "string") : [];
}

type Fact = [name: string, text: string];

function factsOfRun(report: unknown): Fact[] {
  const config = member(report, "config");
  return [
    ...["limit", "gen_kwargs", ...seeds].map((name): Fact => [name, textOf(member(config, name))]),
    ["fewshot_as_multiturn", textOf(member(report, "fewshot_as_multiturn"))],
    ...["system_instruction", "chat_template"].map((name): Fact => {
      const text = member(report, name);
      const sha = member(report, `${name}_sha`) ?? (typeof text === "string" ? hexOf(digestOf(text)) : null);
      return [`${name}_sha`, textOf(sha)];
    }),
  ];
}

function factsOfTask(report: unknown, task: string): Fact[] {
  return [
    // A group's version is a text, a task's a number.
    ["version", versionOf(report, task)],
    ...["n-shot", "n-samples", "higher_is_better"].map(
      (name): Fact => [name, textOf(member(member(report, name), task))],
    ),
  ];
}

/** The version of a task, `unversioned` when it has none. */
export function versionOf(report: unknown, task: string): string {
  const version = member(member(report, "versions"), task);
  return typeof version === "string" || typeof version === "number" ? String(version) : "unversioned";
}

function factsOfConfig(config: Record<string, unknown>, ofModel: ReadonlySet<string>): Fact[] {
  return Object.entries(config).map(([name, value]) => [
    `config.${name}`,
    textOf(
      name === "metadata"
        ? Object.fromEntries(membersOf(value).filter(([key]) => !ofModel.has(key) && key !== "config_source"))
        : value,
    ),
  ]);
}

function modelArguments(report: unknown): ReadonlySet<string> {
  const given = member(member(report, "config"), "model_args");
  const names =
    typeof given === "string"
      ? given.split(",").map((pair) => pair.split("=", 1)[0]?.trim() ?? "")
      : membersOf(given).map(([name]) => name);
  return new Set([...modelFacts, ...names]);
}

/** Nothing is written as null, an empty text or an empty object, as each version of the harness likes. */
function textOf(value: unknown): string {
  const text = canonicalJson(value);
  if (text === "{}" || text === '""') return "null";
  // A function of Python without source shows its place in memory, another one in each run.
  return text.replace(/ at 0x[0-9a-f]+/gi, "");
}

function hashed(all: readonly Fact[]): Comparability {
  const facts = all.filter(([, text]) => text !== "null").toSorted(([a], [b]) => (a < b ? -1 : 1));
  return {
    hash: hexOf(digestOf(JSON.stringify(facts))),
    facts: Object.fromEntries(facts.map(([name, text]) => [shown(name), shown(text)])),
  };
}

function shown(text: string): string {
  const line = text.slice(0, longestShown).replace(/\p{Cc}/gu, " ");
  if (text.length <= longestShown) return line;
  return `${line.slice(0, longestShown - 20)}… (sha256 ${hexOf(digestOf(text)).slice(0, 12)})`;
}
