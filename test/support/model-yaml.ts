import { writeFile } from "node:fs/promises";
import { join } from "node:path";

/** Writes a small valid model.yaml whose only variant, `default`, lies in `model/`. */
export async function writeModelYaml(
  directory: string,
  facts: { readonly name: string; readonly version: string },
): Promise<void> {
  await writeFile(
    join(directory, "model.yaml"),
    `name: ${facts.name}
version: ${facts.version}
owner: team@example.com
licence: Apache-2.0
modelCard: model/README.md
variants:
  default:
    path: model
    model: { format: safetensors, precision: bf16 }
    capabilities: []
    deployment: { targets: [any] }
`,
  );
}
