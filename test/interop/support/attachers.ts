import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "vitest";
import { writeKeyPair } from "../../support/key-pair.ts";
import type { RegistryScene } from "./registry-scene.ts";

/**
 * Attaches the signatures of many keys to one release at once, and meanwhile reports by oras; all of the signatures must be listed.
 * Without the referrers API all of them write one index, and no registry can compare and set it: oras may lose what
 * it attached itself, and nothing is asked of it.
 */
export async function attachAtOnce(
  scene: RegistryScene,
  { signers, byOras }: { readonly signers: number; readonly byOras: number },
): Promise<void> {
  const keys = Array.from({ length: signers }, (_, number) => `many-${number}`);
  const reports = Array.from({ length: byOras }, (_, number) => `report-${number}.txt`);
  for (const key of keys) await writeKeyPair(join(scene.work, key));
  for (const report of reports) await writeFile(join(scene.work, report), report);

  const { reference, image } = await scene.release("interop/many");
  const attach = ["attach", "--plain-http", image, "--artifact-type", "application/vnd.example.report"];
  const [signed] = await Promise.all([
    Promise.all(keys.map((key) => scene.sign(reference, key))),
    Promise.all(reports.map((report) => scene.attempt("oras", ...attach, `${report}:text/plain`))),
  ]);
  const bundles = signed.flat();
  // Each key signs the release and its files.
  expect(new Set(bundles).size).toBe(2 * keys.length);
  expect([...(await scene.attached(reference)).keys()]).toEqual(expect.arrayContaining(bundles));
  // Other tools find what the fallback index lists; who writes an old one back last takes something from them.
  if (byOras === 0) expect(await scene.discovered(reference)).toEqual(expect.arrayContaining(bundles));
}
