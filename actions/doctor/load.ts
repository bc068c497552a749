import { readFile, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { reason, SlipwayError } from "../../src/errors/index.ts";
import type { StoreLoad } from "../../src/oci/index.ts";
import { maxModelYamlBytes, parseModelYaml } from "../../src/release/index.ts";
import { listModelDirectory } from "../../src/sources/index.ts";
import { doctorError } from "./errors.ts";

/**
 * What a model puts into a store: the files of all its variants, or of a directory.
 *
 * @param model absolute path of a model.yaml or a directory
 * @throws SlipwayError MODEL_INPUT_UNREADABLE; what `parseModelYaml` and `listModelDirectory` throw
 */
export async function loadOf(model: string): Promise<StoreLoad | undefined> {
  const directories = [...new Set(await directoriesOf(model))];
  let [size, largest] = [0, { path: "", size: -1 }];
  for (const directory of directories) {
    const { files } = await listModelDirectory(directory);
    for (const file of files) {
      size += file.size;
      if (file.size > largest.size) largest = { path: file.path, size: file.size };
    }
  }
  return largest.size < 0 ? undefined : { size, largest };
}

async function directoriesOf(model: string): Promise<readonly string[]> {
  try {
    const found = await stat(model);
    if (found.isDirectory()) return [model];
    if (found.size > maxModelYamlBytes) throw new Error(`it has ${found.size} bytes, too many for a model.yaml`);
    const { variants } = parseModelYaml(await readFile(model, "utf8"), model);
    return Object.values(variants).map(({ path }) => resolve(dirname(model), path));
  } catch (error) {
    if (error instanceof SlipwayError) throw error;
    throw doctorError("MODEL_INPUT_UNREADABLE", `cannot read ${model}: ${reason(error)}`, { cause: error });
  }
}
