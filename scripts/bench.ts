/**
 * `npm run bench -- <name>`: runs `test/bench/<name>.bench.ts`, which exports `run(): Promise<Measurement[]>`, prints what
 * it measured and keeps it in `out/bench/<name>.json`. Fails when a budget is missed, unless --no-fail is given.
 */

import { mkdir, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { judge, type Measurement, measurementTable } from "./bench/measurement.ts";
import { findFiles } from "./find-files.ts";
import { root } from "./repository.ts";

interface Benchmark {
  run(): Promise<readonly Measurement[]>;
}

const suffix = ".bench.ts";

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { "no-fail": { type: "boolean", default: false } },
  });
  const known = (await findFiles(root, [`test/bench/*${suffix}`])).map((path) => basename(path, suffix));
  const [name] = positionals;
  if (name === undefined || positionals.length > 1 || !known.includes(name)) {
    console.error(`usage: npm run bench -- [--no-fail] ${known.join(" | ")}`);
    return 2;
  }
  const benchmark: Benchmark = await import(pathToFileURL(join(root, "test", "bench", `${name}${suffix}`)).href);
  const measurements = (await benchmark.run()).map(judge);
  console.log(measurementTable(measurements));
  const results = join(root, "out", "bench");
  await mkdir(results, { recursive: true });
  await writeFile(join(results, `${name}.json`), `${JSON.stringify(measurements, undefined, 2)}\n`);
  return measurements.every(({ ok }) => ok) || values["no-fail"] ? 0 : 1;
}

process.exitCode = await main();
