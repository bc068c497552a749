/**
 * Writes a small but genuine checkpoint in the layout of the Hugging Face Hub: the same bytes on every
 * machine and every run.
 *
 *     node action-fixtures/tiny-llm/generate.ts --out DIR [--release 1.0.0|1.1.0]
 */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { checkpointFiles } from "./checkpoint.ts";
import { type TinyLlmVersion, tinyLlmVersions } from "./versions.ts";

/**
 * Writes the checkpoint into `directory`, which is made when missing; files of the same names are
 * replaced, others are left alone. 1.1.0 differs from 1.0.0 in the second shard, `README.md` and
 * `generation_config.json`.
 */
export async function generateTinyLlm(
  directory: string,
  options: { version: TinyLlmVersion },
): Promise<{ files: number; bytes: number }> {
  await mkdir(directory, { recursive: true });
  let files = 0;
  let bytes = 0;
  for (const [name, content] of checkpointFiles(options.version)) {
    await writeFile(join(directory, name), content);
    files += 1;
    bytes += content.length;
  }
  return { files, bytes };
}

const usage = `usage: node action-fixtures/tiny-llm/generate.ts --out DIR [--release ${tinyLlmVersions.join("|")}]`;

function readArguments(args: string[]): { directory: string; version: TinyLlmVersion } {
  const { values } = parseArgs({
    args,
    options: { out: { type: "string" }, release: { type: "string", default: "1.0.0" } },
  });
  const version = tinyLlmVersions.find((known) => known === values.release);
  if (version === undefined) throw new Error(`no release ${values.release}`);
  if (!values.out) throw new Error("--out is missing");
  return { directory: values.out, version };
}

async function main(args: string[]): Promise<void> {
  let request: ReturnType<typeof readArguments>;
  try {
    request = readArguments(args);
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n${usage}`);
    process.exitCode = 2;
    return;
  }
  const { directory, version } = request;
  const { files, bytes } = await generateTinyLlm(directory, { version });
  console.log(`Tiny LLM ${version}: ${files} files, ${bytes} bytes in ${directory}`);
}

if (import.meta.main) await main(process.argv.slice(2));
