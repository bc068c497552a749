/**
 * How long a step takes until its inputs are read: whole processes of the built `dist/`, given a wrong input or lacking
 * one, so that they end right after the moment in question.
 */

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { steps } from "../../actions/index.ts";
import { type Measurement, median } from "../../scripts/bench/measurement.ts";
import { inputVariable } from "../../scripts/generate/tekton-task.ts";
import { root } from "../../scripts/repository.ts";
import type { Inputs } from "../../src/contract/index.ts";
import { exitStatus } from "../../src/errors/index.ts";

/** DESIGN 10: a pipeline starts fifteen steps. */
const budget = 150;
const rounds = 21;

interface Program {
  readonly name: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly status: number;
  readonly budget?: number;
}

const dist = (name: string): string => join(root, "dist", `${name}.js`);

const hosts: Readonly<Record<"github" | "tekton", Readonly<Record<string, string>>>> = {
  github: { GITHUB_ACTIONS: "true", GITHUB_RUN_ID: "1", GITHUB_RUN_ATTEMPT: "1" },
  tekton: { SLIPWAY_HOST: "tekton", SLIPWAY_RUN_ID: "1" },
};

function programs(): readonly Program[] {
  const status = exitStatus.configuration;
  const runs = steps.flatMap(({ contract: { name, hosts: supported, inputs } }): Program[] => {
    const wrong = wrongInputs(inputs);
    const variables = Object.fromEntries(wrong.map(([input, text]) => [inputVariable(input), text]));
    const flags = wrong.map(([input, text]) => `--${input}=${text}`);
    const onHosts = (["github", "tekton"] as const)
      .filter((host) => supported.includes(host))
      .map((host) => ({
        name: `${name} (${host})`,
        args: [dist(name)],
        env: { ...hosts[host], ...variables },
        status,
        budget,
      }));
    const onCommandLine = { name: `${name} (cli)`, args: [dist("slipway"), name, ...flags], env: {}, status, budget };
    return supported.includes("cli") ? [...onHosts, onCommandLine] : onHosts;
  });
  return [
    { name: "node -e 0", args: ["-e", "0"], env: {}, status: 0 },
    { name: "slipway --help", args: [dist("slipway"), "--help"], env: {}, status: 0, budget },
    ...runs,
  ];
}

/** Nothing where that is wrong already, else a text that every kind but a free one refuses, else an unknown input. */
function wrongInputs(inputs: Inputs): readonly (readonly [string, string])[] {
  if (Object.values(inputs).some(({ required }) => required)) return [];
  const free = ["string", "path", "list", "lines", "secret-file"];
  const [name = "no-such-input"] = Object.entries(inputs).find(([, { kind }]) => !free.includes(kind)) ?? [];
  return [[name, "?"]];
}

export async function run(): Promise<readonly Measurement[]> {
  const cwd = mkdtempSync(join(tmpdir(), "slipway-startup-"));
  try {
    const measured = programs().map((program) => ({ program, times: [] as number[] }));
    // In turns, so that a busy second of the machine does not fall on one program alone.
    for (let round = 0; round < rounds; round += 1) {
      for (const { program, times } of measured) times.push(milliseconds(program, cwd));
    }
    return measured.map(({ program: { name, budget: limit }, times }) => ({
      name,
      value: median(times),
      unit: "ms",
      ...(limit === undefined ? {} : { budget: limit }),
    }));
  } finally {
    rmSync(cwd, { recursive: true, force: true });
  }
}

function milliseconds({ name, args, env, status }: Program, cwd: string): number {
  const started = performance.now();
  const ended = spawnSync(process.execPath, args, { cwd, env, encoding: "utf8" });
  const time = performance.now() - started;
  if (ended.status !== status) {
    throw new Error(`${name} ended with ${ended.status} instead of ${status}\n${ended.stdout}${ended.stderr}`);
  }
  return time;
}
