/** `npm run bundle`: builds `dist/` from the contracts. With --check it only tells how `dist/` differs. */

import { parseArgs } from "node:util";
import { steps } from "../actions/index.ts";
import { bundle } from "./bundle/build.ts";
import { entriesOf } from "./bundle/entries.ts";
import { licensesOf } from "./bundle/licenses.ts";
import { faultsOf } from "./bundle/refuse.ts";
import { weigh, weightTable } from "./bundle/weigh.ts";
import { driftLine, findDrift, type GeneratedFile, writeFiles } from "./generated-files.ts";
import { root } from "./repository.ts";

const { values } = parseArgs({ options: { check: { type: "boolean", default: false } } });

const entries = entriesOf(steps.map(({ contract }) => contract));
const { files: programs, metafile } = await bundle(root, entries);
const files: readonly GeneratedFile[] = [
  ...programs,
  { path: "dist/licenses.txt", content: await licensesOf(root, metafile) },
  // Without it Node would take the nearest package.json of wherever the folder was copied to.
  { path: "dist/package.json", content: '{ "type": "module" }\n' },
];

const faults = faultsOf(files, root);
const generated = { files, owned: ["dist/**"] };
const drift = values.check
  ? await findDrift(root, generated)
  : faults.length > 0
    ? []
    : await writeFiles(root, generated);

const names = entries.map(({ name }) => name);
console.log(weightTable(weigh(metafile, names)));
const size = files.reduce((total, { content }) => total + Buffer.byteLength(content), 0);
console.log(`\ndist/: ${files.length} files, ${(size / 1e6).toFixed(2)} MB`);
for (const difference of drift) console.log(driftLine(difference, !values.check));
for (const fault of faults) console.error(fault);
if (values.check && drift.length > 0) console.error("dist/ is not what the sources make: run npm run bundle");
if (faults.length > 0 || (values.check && drift.length > 0)) process.exitCode = 1;
