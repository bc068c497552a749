import { digestOf } from "../oci/index.ts";
import { comparabilityOf } from "./comparability.ts";
import { evaluationError } from "./errors.ts";
import { isObject, member } from "./json-value.ts";
import { parsePythonJson } from "./python-json.ts";
import { readTask, shownValue, taskProblem } from "./read-task.ts";
import type { EvaluationReport } from "./report.ts";
import { samplesIn } from "./samples.ts";

/** A larger report is refused unread; the configurations of many tasks may be long. */
export const maxReportBytes = 64 * 1024 * 1024;
/** Far above the largest suites, which have some hundred. */
const maxTasks = 20_000;

/**
 * Reads a results file of lm-evaluation-harness 0.4 (lm_eval/result_schema.py).
 *
 * Groups are tasks, too. A metric without a finite number is kept as invalid: it matters only when it is asked for.
 *
 * @param file name for messages
 * @throws SlipwayError EVALUATION_TOO_LARGE, EVALUATION_MALFORMED
 */
export function parseLmEval(bytes: Uint8Array, file: string): EvaluationReport {
  if (bytes.length > maxReportBytes) {
    throw evaluationError("EVALUATION_TOO_LARGE", `${file} is larger than ${maxReportBytes / 1024 / 1024} MiB`);
  }
  const malformed = (problem: string) => evaluationError("EVALUATION_MALFORMED", `${file}: ${problem}`);
  const text = decode(bytes);
  if (text === undefined) throw malformed("it is not UTF-8");
  const { value: report, problem } = parsePythonJson(text);
  if (problem !== undefined) throw malformed(problem);
  const results = member(report, "results");
  if (!isObject(results) || Object.keys(results).length === 0) throw malformed('it has no tasks under "results"');
  const named = Object.entries(results);
  if (named.length > maxTasks) throw malformed(`it has more than ${maxTasks} tasks`);
  const config = member(report, "config");
  // Without it nobody knows whether the run was limited to a few samples.
  if (!isObject(config)) throw malformed('it has no "config", which says how the run was made');

  const digest = digestOf(bytes);
  const compare = comparabilityOf(report, digest);
  const samples = samplesIn(report);
  const tasks = named.map(([task, values]) => {
    const unreadable = taskProblem(task, values);
    if (unreadable !== undefined) throw malformed(unreadable);
    const comparability = compare(task);
    if (comparability === undefined) throw malformed(`the group ${task} contains itself, or has groups in groups in …`);
    return readTask(report, task, values, comparability, samples(task));
  });
  const version = member(report, "lm_eval_version");
  const limit = member(config, "limit") ?? undefined;
  return {
    model: modelOf(report),
    tasks,
    harness: typeof version === "string" && /^[\w.+-]{1,40}$/.test(version) ? `lm-eval ${version}` : "lm-eval",
    limit: limit === undefined ? undefined : shownValue(limit),
    evaluatedOn: dateOf(member(report, "date")),
    digest,
  };
}

function decode(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** `model_args` is a text in older versions, and `model_name` not there in the oldest. */
function modelOf(report: unknown): string | undefined {
  const given = member(member(report, "config"), "model_args");
  const pairs = typeof given === "string" ? given.split(",").map((pair) => pair.trim()) : [];
  const argument = (key: string) =>
    member(given, key) ?? pairs.find((pair) => pair.startsWith(`${key}=`))?.slice(key.length + 1);
  return [member(report, "model_name"), argument("pretrained"), argument("model")].find(
    (name): name is string => typeof name === "string" && name !== "",
  );
}

/** @param seconds since 1970, as Python's `time.time()` counts them */
function dateOf(seconds: unknown): Date | undefined {
  const endOfFourDigitYears = Date.UTC(9999, 11, 31) / 1000;
  if (typeof seconds !== "number" || !(seconds > 0 && seconds < endOfFourDigitYears)) return undefined;
  return new Date(seconds * 1000);
}
