import { createHash, randomBytes } from "node:crypto";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { succeed } from "../support/command-line.ts";
import { killAtRandom } from "../support/kill.ts";
import { writeModelYaml } from "../support/model-yaml.ts";
import { treeOf } from "../support/tree.ts";
import { inLanes } from "../support/trials.ts";
import { type RunningRegistry, registries } from "./support/registries.ts";
import { SlowLink } from "./support/slow-link.ts";

/*
 * `package` into a registry and `pull` from it, killed at random moments and run again, end as if they had never been
 * killed; a large upload goes on where it was. The line to the registry is slow enough for most kills to hit a transfer.
 */

/** The slow suite has all fifty. */
const trials = process.env["SLIPWAY_INTEROP"] === "slow" ? 50 : 6;
const largeFiles = 3;
const largeBytes = 12 * 1024 * 1024;
const bytesPerSecond = 80e6;
/** From here on a large upload is under way: the small files together are smaller. */
const underWay = 4 * 1024 * 1024;

/** What serves one trial at a time. */
interface Lane {
  readonly directory: string;
  readonly registry: RunningRegistry;
  readonly link: SlowLink;
  readonly env: Readonly<Record<string, string>>;
}

let work: string;
let lanes: readonly Lane[];

beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), "slipway-transfer-killed-"));
  const model = join(work, "model");
  await mkdir(model);
  for (let index = 0; index < largeFiles; index += 1)
    await writeFile(join(model, `large-${index}.safetensors`), randomBytes(largeBytes));
  for (let index = 0; index < 20; index += 1)
    await writeFile(join(model, `part-${index}.bin`), randomBytes(50_000 + index));
  await writeFile(join(model, "README.md"), "# A model\n");
  await writeModelYaml(work, { name: "group/killed", version: "1.0.0" });
  lanes = await Promise.all([openLane("a"), openLane("b")]);
});

afterAll(async () => {
  for (const { registry, link } of lanes) {
    await link[Symbol.asyncDispose]();
    await registry[Symbol.asyncDispose]();
  }
  await rm(work, { recursive: true, force: true });
});

describe("killed at a random moment and run again", () => {
  it("package leaves the same in a registry, and sends less than from the start", { timeout: 240_000 }, async () => {
    const push = (lane: Lane, repository: string): readonly string[] => {
      return ["package", "model.yaml", "--store", `${lane.link.host}/${repository}`];
    };
    const calm = await Promise.all(
      lanes.map(async (lane) => {
        // The first finds nothing in any cache, as none that comes after it.
        await succeed(push(lane, "cold"), work, lane);
        await forgetAll(lane);
        const traffic = lane.link.count();
        const started = performance.now();
        const { subject = "", tag = "" } = await succeed(push(lane, "calm"), work, lane);
        const usual = performance.now() - started;
        await requireWhole(lane, "calm", { subject, tag });
        await forgetAll(lane);
        return { subject, tag, usual, sent: traffic.sent };
      }),
    );
    const [{ subject, tag, sent: fresh } = { subject: "", tag: "", sent: 0 }] = calm;
    const usual = Math.min(...calm.map((run) => run.usual));
    let unfinished = 0;
    const resumed: number[] = [];
    await inLanes(lanes, trials, async (lane, trial, share) => {
      const repository = `killed/${trial}`;
      const args = push(lane, repository);
      const first = lane.link.count();
      const isUnfinished = await killAtRandom(args, work, usual, { share, env: lane.env });
      const before = first.sent;
      if (isUnfinished) unfinished += 1;
      if ((await tagsOf(lane, repository)).length > 0) await requireWhole(lane, repository, { subject, tag });
      const second = lane.link.count();
      expect(await succeed(args, work, lane)).toMatchObject({ subject, tag });
      if (isUnfinished && before > underWay) resumed.push(second.sent);
      await requireWhole(lane, repository, { subject, tag });
      await forgetAll(lane);
    });
    // A test whose kills come too late, or before anything was sent, would prove nothing.
    expect(unfinished).toBeGreaterThan(trials / 4);
    expect(resumed.length).toBeGreaterThan(trials / 15);
    expect(resumed.filter((sent) => sent >= fresh)).toEqual([]);
    const all = resumed.reduce((sum, sent) => sum + sent, 0);
    expect(all).toBeLessThan(0.8 * resumed.length * fresh);
  });

  it("pull leaves the same target, and nothing before", { timeout: 240_000 }, async () => {
    const calm = await Promise.all(
      lanes.map(async (lane) => {
        const store = `${lane.link.host}/origin`;
        const { reference = "" } = await succeed(["package", "model.yaml", "--store", store], work, lane);
        const target = join(lane.directory, "calm");
        const started = performance.now();
        await succeed(["pull", reference, "--target", target], work, lane);
        return { lane, reference, usual: performance.now() - started, tree: await treeOf(target) };
      }),
    );
    const pulled = calm[0]?.tree ?? {};
    expect(Object.keys(pulled).length).toBeGreaterThan(largeFiles);
    const usual = Math.min(...calm.map((run) => run.usual));
    let unfinished = 0;
    await inLanes(calm, trials, async ({ lane, reference }, trial, share) => {
      const parent = join(lane.directory, `pulls-${trial}`);
      await mkdir(parent);
      const args = ["pull", reference, "--target", join(parent, "model")];
      if (await killAtRandom(args, work, usual, { share, env: lane.env })) unfinished += 1;
      if ((await readdir(parent)).includes("model")) expect(await treeOf(join(parent, "model"))).toEqual(pulled);
      await succeed(args, work, lane);
      expect(await readdir(parent)).toEqual(["model"]);
      expect(await treeOf(join(parent, "model"))).toEqual(pulled);
      await rm(parent, { recursive: true });
    });
    expect(unfinished).toBeGreaterThan(trials / 4);
    for (const { env } of lanes) expect(await readdir(env["TMPDIR"] ?? "")).toEqual([]);
  });
});

async function openLane(name: string): Promise<Lane> {
  const directory = join(work, name);
  for (const folder of ["registry", "cache", "tmp"]) await mkdir(join(directory, folder), { recursive: true });
  const registry = await registries["distribution 3"](join(directory, "registry"));
  const link = await SlowLink.to(registry.host, bytesPerSecond);
  const env = { HOME: directory, XDG_CACHE_HOME: join(directory, "cache"), TMPDIR: join(directory, "tmp") };
  return { directory, registry, link, env };
}

/** Repositories share what is stored: a trial's blobs would only be compared with those of the trials before. */
async function forgetAll({ directory }: Lane): Promise<void> {
  await rm(join(directory, "registry", "storage", "docker"), { recursive: true, force: true });
}

async function tagsOf({ registry }: Lane, repository: string): Promise<readonly string[]> {
  const answer = await fetch(`http://${registry.host}/v2/${repository}/tags/list`);
  if (answer.status === 404) return [];
  return z.object({ tags: z.array(z.string()).nullable() }).parse(await answer.json()).tags ?? [];
}

const blob = z.object({ digest: z.string(), size: z.number() });
const manifestShape = z.object({ config: blob, layers: z.array(blob) });

/** A tag that is there leads to everything, and everything has its digest. */
async function requireWhole(
  lane: Lane,
  repository: string,
  { subject, tag }: { readonly subject: string; readonly tag: string },
): Promise<void> {
  expect(await tagsOf(lane, repository)).toEqual([tag]);
  const manifest = await bytesOf(lane, `${repository}/manifests/${tag}`);
  expect(digestOf(manifest)).toBe(subject);
  const { config, layers } = manifestShape.parse(JSON.parse(new TextDecoder().decode(manifest)));
  expect(layers.length).toBeGreaterThan(largeFiles);
  for (const { digest, size } of [config, ...layers]) {
    const bytes = await bytesOf(lane, `${repository}/blobs/${digest}`);
    expect([bytes.length, digestOf(bytes)]).toEqual([size, digest]);
  }
}

/** Not over the slow line. A tag is listed some moments before distribution has written what it leads to. */
async function bytesOf({ registry }: Lane, path: string): Promise<Uint8Array> {
  const headers = { accept: "application/vnd.oci.image.manifest.v1+json, application/octet-stream" };
  const ask = async () => fetch(`http://${registry.host}/v2/${path}`, { headers });
  let answer = await ask();
  for (let looks = 0; answer.status === 404 && looks < 20; looks += 1) {
    await sleep(50);
    answer = await ask();
  }
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return new Uint8Array(await answer.arrayBuffer());
}

function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}
