import type { Metric } from "../evidence/index.ts";
import type { Baseline } from "./baseline.ts";
import type { Facts, TaskResult } from "./report.ts";

const mostNamed = 3;

/** Why a baseline's value was not measured as the candidate's was; undefined when it was. */
export function differences(task: TaskResult, champion: Metric, baseline: Baseline): string | undefined {
  const { comparability } = champion;
  if (comparability === task.comparability) return undefined;
  if (comparability === undefined) return "the baseline does not say how it was measured";
  const known = baseline.facts?.[comparability];
  const named = known === undefined ? [] : differing(task.comparabilityFacts, known);
  if (named.length === 0) return "the baseline was measured in another way";
  const more = named.length > mostNamed ? `; and ${named.length - mostNamed} more` : "";
  return `the baseline was measured in another way: ${named.slice(0, mostNamed).join("; ")}${more}`;
}

function differing(candidate: Facts, champion: Facts): string[] {
  const names = [...new Set([...Object.keys(candidate), ...Object.keys(champion)])].toSorted();
  // How the run was made says more than the parts of a task's configuration and of a group.
  const partsLast = [...names.filter((name) => !name.includes(".")), ...names.filter((name) => name.includes("."))];
  return partsLast
    .map((name) => ({ name, here: candidate[name] ?? "not set", there: champion[name] ?? "not set" }))
    .filter(({ here, there }) => here !== there)
    .map(({ name, here, there }) => `${name} is ${here}, was ${there}`);
}
