/** `npm run generate`: writes everything that is made from the contracts. With --check it only tells what differs. */

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { steps } from "../actions/index.ts";
import { systemCode } from "../src/errors/index.ts";
import { thresholdsJsonSchema } from "../src/eval/index.ts";
import { publishedPredicates } from "../src/evidence/index.ts";
import { programHelp, stepHelp } from "../src/host/command/help.ts";
import { policyJsonSchema } from "../src/lifecycle/index.ts";
import { adrMetadataJsonSchema, modelYamlJsonSchema } from "../src/release/index.ts";
import { verifyReportJsonSchema } from "../src/report/index.ts";
import { contractFiles, ownedByContracts } from "./generate/contract-files.ts";
import { errorAreas, errorsPage } from "./generate/errors-page.ts";
import { predicatesPage } from "./generate/predicates-page.ts";
import { commandLinePage } from "./generate/reference.ts";
import { schemaFile } from "./generate/step-schema.ts";
import { driftLine, findDrift, writeFiles } from "./generated-files.ts";
import { root } from "./repository.ts";

const { values } = parseArgs({ options: { check: { type: "boolean", default: false } } });

const contracts = steps.map(({ contract }) => contract);
const look = { width: 100, color: false };
const helpTexts = {
  program: programHelp(steps, look),
  steps: contracts
    .filter(({ hosts }) => hosts.includes("cli"))
    .map((contract) => ({ name: contract.name, text: stepHelp(contract, look) })),
};

const generated = {
  files: [
    ...(await contractFiles(contracts, (path) => textOf(join(root, path)))),
    { path: "docs/reference/command-line.md", content: commandLinePage(helpTexts) },
    { path: "docs/reference/predicates.md", content: predicatesPage(publishedPredicates()) },
    { path: "docs/reference/errors.md", content: errorsPage(await errorAreas(root)) },
    schemaFile("schemas/model.json", modelYamlJsonSchema()),
    schemaFile("schemas/metadata.json", adrMetadataJsonSchema()),
    schemaFile("schemas/release-policy.json", policyJsonSchema()),
    schemaFile("schemas/thresholds.json", thresholdsJsonSchema()),
    schemaFile("schemas/verify-report.json", verifyReportJsonSchema()),
    ...publishedPredicates().map(({ name, schema }) => schemaFile(`schemas/${name}.json`, schema)),
  ],
  owned: ownedByContracts,
};
const drift = values.check ? await findDrift(root, generated) : await writeFiles(root, generated);

for (const difference of drift) console.log(driftLine(difference, !values.check));
console.log(`${generated.files.length} files, ${drift.length} ${values.check ? "differ" : "changed"}`);
if (values.check && drift.length > 0) {
  console.error("these files are not what the contracts say: run npm run generate");
  process.exitCode = 1;
}

async function textOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    // Anything else would replace a README that only could not be read.
    if (systemCode(error) === "ENOENT") return undefined;
    throw error;
  }
}
