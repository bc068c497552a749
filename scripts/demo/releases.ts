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
 * Prepares two releases: of the generated model, or of a user's directory as it is and with one more file.
 */
export async function prepareReleases(
  work: string,
  name: string,
  model: string | undefined,
): Promise<readonly DemoRelease[]> {
  const releases: DemoRelease[] = [];
  for (const version of ["1.0.0", "1.1.0"] as const) {
    const directory = join(work, version);
    await rm(directory, { recursive: true, force: true });
    await mkdir(directory, { recursive: true });
    const files = join(directory, "model");
    if (model === undefined) await generateTinyLlm(files, { version });
    else await linkModel(model, files, version);
    const modelYaml = join(directory, "model.yaml");
    await writeFile(
      modelYaml,
      modelYamlTemplate({
        name,
        version,
        owner: "demo@example.com",
        licence: "Apache-2.0",
        path: "model",
        format: "safetensors",
        precision: "bf16",
      }),
    );
    releases.push({ version, modelYaml });
  }
  return releases;
}

/** Links a user's files into a directory of the demo's own; 1.1.0 gets one more file, so that the two differ. */
async function linkModel(model: string, target: string, version: string): Promise<void> {
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
  await mkdir(target, { recursive: true });
  if (version !== "1.0.0")
    await writeFile(join(target, "CHANGES.md"), `# ${version}\n\nA second release, to see what is shared.\n`);
}
