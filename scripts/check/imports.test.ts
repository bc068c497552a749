import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { run } from "../peers/run.ts";
import { root } from "../repository.ts";

/** Every import here is allowed. */
const sound: Readonly<Record<string, string>> = {
  "tsconfig.json": "{}",
  "package.json": `{"dependencies":{"zod":"*","p-limit":"*","@actions/core":"*"},"devDependencies":{"fast-check":"*","vitest":"*"}}`,
  "src/errors/index.ts": "export const e = 1;",
  "src/errors/a.ts": "export type A = 1;",
  "src/errors/b.ts": `import type { A } from "./a.ts"; export type B = A | 2;`,
  "src/process/index.ts": `import "../errors/index.ts"; import "node:child_process";`,
  "src/content/index.ts": `export { e } from "../errors/index.ts"; import "../process/index.ts"; import "node:fs";`,
  "src/oci/index.ts": `import "../content/index.ts"; import "../process/index.ts"; export interface Store { x: 1 } export const isDigest = 1;`,
  "src/oci/deep/store.ts": `import "node:fs/promises";`,
  "src/contract/index.ts": `import "../oci/index.ts";`,
  "src/release/index.ts": `import "node:path"; import "zod"; import "../oci/index.ts"; export const r = 1;`,
  "src/release/model.ts": `import type { Form } from "../formats/index.ts"; export type M = Form;`,
  "src/eval/index.ts": `import "../release/index.ts";`,
  "src/formats/index.ts": `import "../release/index.ts"; import "./pack/plan.ts"; import "p-limit"; export interface Form { x: 1 }`,
  "src/formats/pack/plan.ts": `import "./sizes.ts";`,
  "src/formats/pack/sizes.ts": "export {};",
  "src/gitops/index.ts": `import "../errors/index.ts"; import "../process/index.ts";`,
  "src/signing/index.ts": `import "../process/index.ts"; import "../contract/index.ts";`,
  "src/mlflow/index.ts": "export {};",
  "src/host/index.ts": `import "@actions/core"; import "../contract/index.ts"; import "node:process";`,
  "actions/index.ts": `import "../src/host/index.ts"; import "./sign/contract.ts"; export const load = () => import("./sign/step.ts");`,
  "actions/sign/contract.ts": `import "../../src/contract/index.ts";`,
  "actions/sign/step.ts": `import "../../src/formats/index.ts"; import "./part.ts"; import "node:fs/promises";`,
  "actions/sign/part.ts": "export {};",
  "actions/sign/step.test.ts": `import "fast-check"; import "../../src/oci/deep/store.ts"; import "../pull/step.ts"; import "../../test/kit.ts";`,
  "actions/pull/step.ts": "export {};",
  "test/kit.ts": `import "../src/oci/deep/store.ts"; import "../action-fixtures/index.ts";`,
  "scripts/demo.ts": `import "../actions/index.ts"; import "../src/oci/deep/store.ts";`,
  "action-fixtures/index.ts": "export {};",
};

/** One broken rule each: the rule, the file, and what it imports. */
const broken: readonly (readonly [rule: string, file: string, text: string])[] = [
  ["no-cycles", "src/errors/a.ts", `import type { B } from "./b.ts"; export type A = B;`],
  ["resolvable", "src/oci/lost.ts", `import "./nowhere.ts";`],
  ["src-is-the-bottom", "src/oci/up.ts", `import "../../actions/sign/step.ts";`],
  ["src-is-the-bottom", "src/oci/script.ts", `import "../../scripts/demo.ts";`],
  ["src-is-the-bottom", "src/oci/kit.ts", `import "../../test/kit.ts";`],
  ["src-is-the-bottom", "src/oci/fixture.ts", `import "../../action-fixtures/index.ts";`],
  ["through-the-index", "src/formats/around.ts", `import "../oci/deep/store.ts";`],
  ["action-uses-the-library", "actions/sign/around.ts", `import "../../src/oci/deep/store.ts";`],
  ["action-uses-the-library", "actions/sign/neighbour.ts", `import "../pull/step.ts";`],
  ["action-uses-the-library", "actions/sign/fixture.ts", `import "../../action-fixtures/index.ts";`],
  ["action-list-uses-the-library", "actions/extra.ts", `import "./sign/part.ts";`],
  ["action-asks-its-host", "actions/sign/exit.ts", `import process from "node:process"; process.exit();`],
  ["action-asks-its-host", "actions/sign/core.ts", `import "@actions/core";`],
  ["layer-errors", "src/errors/up.ts", `import "../oci/index.ts";`],
  ["layer-process", "src/process/up.ts", `import "../content/index.ts";`],
  ["layer-content", "src/content/up.ts", `import "../oci/index.ts";`],
  ["layer-oci", "src/oci/contract.ts", `import "../contract/index.ts";`],
  ["layer-contract", "src/contract/up.ts", `import "../formats/index.ts";`],
  ["outside-systems-apart", "src/gitops/other.ts", `import "../mlflow/index.ts";`],
  ["outside-systems-apart", "src/github/other.ts", `import "../gitops/index.ts";`],
  ["outside-systems-apart", "src/host/other.ts", `import type {} from "../gitops/index.ts";`],
  ["host-is-the-top", "src/formats/host.ts", `import "../host/index.ts";`],
  ["pure-needs-no-system", "src/release/fs.ts", `import "node:fs";`],
  ["pure-needs-no-system", "src/lifecycle/net.ts", `import "node:net";`],
  ["pure-needs-no-system", "src/eval/process.ts", `export const p = () => import("node:child_process");`],
  ["pure-needs-no-system", "src/formats/pack/plan-upload.ts", `import "node:fs/promises";`],
  ["pure-knows-the-pure", "src/release/program.ts", `import "../process/index.ts";`],
  ["pure-needs-no-client", "src/release/client.ts", `import "p-limit";`],
  ["pure-knows-the-pure", "src/release/formats.ts", `import "../formats/index.ts";`],
  ["shipped-needs-shipped", "src/oci/dev.ts", `import "fast-check";`],
  ["tests-are-not-imported", "scripts/tested.ts", `import "../actions/sign/step.test.ts";`],
];

/** `rule file` for each import that the repository's own rules forbid in a tree of these files. */
async function violations(files: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const tree = await mkdtemp(join(tmpdir(), "slipway-imports-"));
  onTestFinished(() => rm(tree, { recursive: true }));
  await symlink(join(root, "node_modules"), join(tree, "node_modules"));
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(tree, path)), { recursive: true });
    await writeFile(join(tree, path), text);
  }
  const depcruise = join(root, "node_modules", ".bin", "depcruise");
  const rules = join(root, ".dependency-cruiser.mjs");
  const folders = ["src", "actions", "scripts", "test", "action-fixtures"];
  const { stdout, stderr } = await run(depcruise, ["--config", rules, "--output-type", "json", ...folders], {
    cwd: tree,
  });
  expect(stderr).toBe("");
  const { summary }: { summary: { violations: { rule: { name: string }; from: string }[] } } = JSON.parse(stdout);
  return [...new Set(summary.violations.map(({ rule, from }) => `${rule.name} ${from}`))].sort();
}

test("a sound tree breaks no rule", async () => {
  expect(await violations(sound)).toEqual([]);
});

test("every wrong import is noticed, by the rule that forbids it", async () => {
  const wrong = Object.fromEntries(broken.map(([, file, text]) => [file, text]));
  const found = await violations({ ...sound, ...wrong });
  expect(found).toEqual(expect.arrayContaining(broken.map(([rule, file]) => `${rule} ${file}`)));
  // Whatever else is reported must be about these files too.
  const files = new Set(Object.keys(wrong));
  expect(found.filter((line) => !files.has(line.split(" ")[1] ?? ""))).toEqual([]);
});
