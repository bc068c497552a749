import { createHash } from "node:crypto";
import { copyFile, link, mkdir, readdir, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import { generateTinyLlm } from "../../action-fixtures/index.ts";
import { modelYamlTemplate } from "../../src/release/index.ts";

export interface DemoRelease {
  readonly version: string;
  /** Path of its model.yaml. */
  readonly modelYaml: string;
}

/**
 * Prepares three releases: of the generated model, or of a user's directory as it is and with one more file each.
 */
export async function prepareReleases(
  work: string,
  name: string,
  model: string | undefined,
): Promise<readonly DemoRelease[]> {
  const releases: DemoRelease[] = [];
  for (const version of ["1.0.0", "1.1.0", "1.2.0"] as const) {
    const directory = join(work, version);
    await rm(directory, { recursive: true, force: true });
    await mkdir(directory, { recursive: true });
    const files = join(directory, "model");
    if (model === undefined) await generateTinyLlm(files, { version: version === "1.0.0" ? "1.0.0" : "1.1.0" });
    else await linkModel(model, files);
    if (version === "1.2.0" || model !== undefined) await writeChanges(files, version);
    const modelYaml = join(directory, "model.yaml");
    await writeFile(
      join(directory, "README.md"),
      `# ${name}\n\nA model for the demo of Slipway; version ${version}.\n`,
    );
    const template = modelYamlTemplate({
      name,
      version,
      owner: "demo@example.com",
      licence: "Apache-2.0",
      path: "model",
      format: "safetensors",
      precision: "bf16",
    });
    await writeFile(modelYaml, `${template}${lineage(name, version)}`);
    releases.push({ version, modelYaml });
  }
  return releases;
}

/** How the model came to be: made up, like the model. */
const lineage = (name: string, version: string) => `
provenance:
  trainingRun: https://mlflow.example.com/#/experiments/7/runs/${createHash("sha256").update(version).digest("hex").slice(0, 12)}
  dataset: {name: tiny-stories, version: "2026-10"}
  trainedBy: ml-team@example.com
  codeRepository: https://git.example.com/ml/${name}
  codeCommit: ${createHash("sha1").update(version).digest("hex")}
`;

/** Links a user's files into a directory of the demo's own. */
async function linkModel(model: string, target: string): Promise<void> {
  const root = resolve(model);
  for (const entry of await readdir(root, { withFileTypes: true, recursive: true })) {
    const source = join(entry.parentPath, entry.name);
    const found = await stat(source);
    if (!found.isFile() || relative(root, source).split("/").includes(".git")) continue;
    const place = join(target, relative(root, source));
    await mkdir(dirname(place), { recursive: true });
    // Links cannot cross file systems, and a symbolic link must not leave the model's directory.
    if (entry.isSymbolicLink()) await copyFile(source, place);
    else await link(source, place).catch(() => copyFile(source, place));
  }
}

/** One more file, so that releases of the same content differ. */
async function writeChanges(target: string, version: string): Promise<void> {
  await mkdir(target, { recursive: true });
  if (version !== "1.0.0")
    await writeFile(join(target, "CHANGES.md"), `# ${version}\n\nAnother release of the same model.\n`);
}
