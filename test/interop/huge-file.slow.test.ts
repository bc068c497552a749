import { mkdir, truncate, writeFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { z } from "zod";
import { withPeakMemory } from "../bench/peak-memory.ts";
import { TestRegistry } from "../registry/index.ts";
import { slipway } from "../support/command-line.ts";
import { writeModelYaml } from "../support/model-yaml.ts";
import { temporaryDirectory } from "../support/temporary.ts";

/*
 * A file of a size that no 32-bit number holds goes to a registry in constant memory. It is sparse, and the registry
 * keeps nothing of it. `SLIPWAY_HUGE` says how many gigabytes it has.
 */

const size = Number(process.env["SLIPWAY_HUGE"] ?? 40) * 1e9;
const manifestShape = z.object({ layers: z.array(z.object({ size: z.number() })) });

it("packages a file of many gigabytes", { timeout: 3_600_000 }, async () => {
  await using work = await temporaryDirectory();
  await using registry = await TestRegistry.start({
    storage: { discardAbove: 1024 ** 2 },
    uploads: { verifiesDigest: false },
  });
  await mkdir(work.at("model"));
  await writeFile(work.at("model", "huge.safetensors"), "");
  await truncate(work.at("model", "huge.safetensors"), size);
  await writeModelYaml(work.path, { name: "group/huge", version: "1.0.0" });
  const args = ["package", "model.yaml", "--store", `${registry.host}/group/huge`];
  const env = { HOME: work.path };

  const started = performance.now();
  const [answer, peak] = await withPeakMemory(() => slipway(args, work.path, { env }));
  const seconds = (performance.now() - started) / 1000;

  expect(answer.code, answer.stdout).toBe(0);
  const { tag = "" } = answer.json().outputs;
  const { bytes } = registry.manifest("group/huge", tag) ?? {};
  const { layers } = manifestShape.parse(JSON.parse(new TextDecoder().decode(bytes)));
  expect(layers.map((layer) => layer.size)).toContain(size);
  expect([...registry.blobs("group/huge").values()]).toContain(size);
  expect(registry.openUploads("group/huge")).toBe(0);
  expect(peak).toBeGreaterThan(0);
  expect(peak).toBeLessThan(200e6);
  // One every ten seconds, wherever it takes that long.
  if (seconds > 30) expect(answer.stderr).toMatch(/: \d+%, [\d.]+ [MG]B of [\d.]+ GB, /);
  console.log(`${size / 1e9} GB: ${seconds.toFixed(0)} s, ${(peak / 1e6).toFixed(0)} MB at most\n${answer.stderr}`);
});
