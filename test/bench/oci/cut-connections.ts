import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import type { Measurement } from "../../../scripts/bench/measurement.ts";
import { type CutLink, cutLink } from "./cut-link.ts";
import { Figures } from "./figures.ts";
import { inTurn } from "./in-turn.ts";
import { type ModelFiles, writeModel } from "./model-files.ts";
import { oras } from "./oras.ts";
import { fewRounds, gibibytes, mebibytes } from "./sizes.ts";
import { Slipway } from "./slipway.ts";
import type { Tool } from "./tool.ts";
import { withRegistry } from "./with-registry.ts";

/**
 * About one of a hundred mebibytes loses its connection. What counts is how many attempts end right; the time is that of
 * those.
 */
export async function cutConnections(work: string): Promise<readonly Measurement[]> {
  const slipway = new Slipway(work);
  const figures = new Figures();
  for (let round = 0; round < fewRounds; round += 1) {
    const model = await writeModel(work, { large: gibibytes(1), small: 50 });
    for (const tool of inTurn(round, [slipway, oras])) {
      await withRegistry(work, "distribution 3", async (host) => {
        await using link = await cutLink(host, mebibytes(100));
        await attempt(tool, { work, model, host, link, figures });
        figures.note(`${tool.name} cuts`, link.cuts);
      });
    }
    await rm(model.directory, { recursive: true });
  }
  const failures = (name: string): number => figures.sum(`${name} failed`);
  const of = `of ${fewRounds}`;
  return [
    { name: "1 % cut, 1 GiB: connections cut", value: figures.of("slipway cuts"), unit: "" },
    { name: "1 % cut, 1 GiB: push", value: figures.of("slipway push"), unit: "ms" },
    { name: "1 % cut, 1 GiB: push failed", value: failures("slipway push"), unit: of, budget: 0 },
    { name: "1 % cut, 1 GiB: oras push failed", value: failures("oras push"), unit: of },
    { name: "1 % cut, 1 GiB: pull, verified", value: figures.of("slipway pull"), unit: "ms" },
    { name: "1 % cut, 1 GiB: pull failed", value: failures("slipway pull"), unit: of, budget: 0 },
    { name: "1 % cut, 1 GiB: oras pull failed", value: failures("oras pull"), unit: of },
  ];
}

interface Attempt {
  readonly work: string;
  readonly model: ModelFiles;
  readonly host: string;
  readonly link: CutLink;
  readonly figures: Figures;
}

async function attempt(tool: Tool, { work, model, host, link, figures }: Attempt): Promise<void> {
  const step = async (name: string, take: () => Promise<number>): Promise<boolean> => {
    const took = await take().catch((error: Error) => error);
    const failed = typeof took !== "number";
    if (failed) console.error(`With 1 % cut, ${name}: ${took.message}`);
    else figures.note(name, took);
    figures.note(`${name} failed`, failed ? 1 : 0);
    return !failed;
  };
  const pushed = await step(`${tool.name} push`, () => tool.push(link.host, model));
  // So that there is something to pull, also for who cannot push this way.
  if (!pushed) await tool.push(host, model);
  const target = join(work, "pulled");
  await step(`${tool.name} pull`, async () => {
    const took = (await tool.pull?.(link.host, target)) ?? Number.NaN;
    await expectSame(target, model);
    return took;
  });
  await rm(target, { recursive: true, force: true });
}

async function expectSame(directory: string, { digests }: ModelFiles): Promise<void> {
  for (const [name, digest] of digests) {
    const hash = createHash("sha256");
    await pipeline(createReadStream(join(directory, name)), hash);
    if (hash.digest("hex") !== digest) throw new Error(`${name} came out other than it went in`);
  }
}
