import { mkdir, rm, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join, relative } from "node:path";
import type { StepRun } from "../../src/contract/index.ts";
import { reason, systemCode } from "../../src/errors/index.ts";
import { modelYamlTemplate, parseModelYaml, suggestedName } from "../../src/release/index.ts";
import type { contract } from "./contract.ts";
import { initError } from "./errors.ts";
import { lookAt } from "./look.ts";
import { placeholderActions, releaseWorkflow } from "./workflow.ts";

export const run: StepRun<typeof contract> = async (inputs, host) => {
  const files = { model: "model.yaml", workflow: ".github/workflows/release-model.yml" };
  for (const file of Object.values(files)) await requireAbsent(host.directory, file);

  const { format, precision } = await lookAt(inputs.model);
  const text = modelYamlTemplate({
    name: inputs.name ?? suggestedName(basename(host.directory)),
    version: inputs.version,
    owner: inputs.owner ?? "the-team@example.com",
    licence: inputs.licence ?? "LicenseRef-unknown",
    path: relative(host.directory, inputs.model) || ".",
    format,
    precision,
  });
  // What is written must be readable by the next step; a bad name is found here and not there.
  parseModelYaml(text, files.model);

  await write(host.directory, files.model, text);
  try {
    await write(host.directory, files.workflow, releaseWorkflow(files.model, inputs.actions ?? placeholderActions));
  } catch (error) {
    await rm(join(host.directory, files.model), { force: true });
    throw error;
  }
  return {
    outputs: files,
    summary: {
      title: "Wrote a model.yaml and a workflow to start from",
      facts: [
        { label: "model", value: files.model, code: true },
        { label: "workflow", value: files.workflow, code: true },
        { label: "guessed", value: `format ${format}, precision ${precision}` },
        { label: "next", value: "fill in model.yaml, then: slipway package" },
      ],
    },
  };
};

async function requireAbsent(directory: string, file: string): Promise<void> {
  const found = await stat(join(directory, file)).catch(() => undefined);
  if (found !== undefined) throw initError("FILE_EXISTS", `${file} exists already`);
}

async function write(directory: string, file: string, text: string): Promise<void> {
  try {
    await mkdir(dirname(join(directory, file)), { recursive: true });
    await writeFile(join(directory, file), text, { flag: "wx" });
  } catch (error) {
    if (systemCode(error) === "EEXIST") throw initError("FILE_EXISTS", `${file} exists already`);
    throw initError("FILE_UNWRITABLE", `cannot write ${file}: ${reason(error)}`, { cause: error });
  }
}
