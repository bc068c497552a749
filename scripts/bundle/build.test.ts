import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type GeneratedFile, writeFiles } from "../generated-files.ts";
import { type Bundle, bundle } from "./build.ts";
import { entriesOf } from "./entries.ts";
import { bundledPackages, licensesOf } from "./licenses.ts";
import { faultsOf, sizeBudget } from "./refuse.ts";
import { loadedBy, weigh, weightTable } from "./weigh.ts";

/** A small repository: two steps, their hosts, a folder that nothing of is used, and packages of both module kinds. */
const tree: Readonly<Record<string, string>> = {
  "package.json": `{"name":"ship","version":"1.2.3","type":"module","scripts":{"secret-script":"true"}}`,
  "src/host/main.ts": `
import { version } from "../version.ts";
import { unused, used } from "../heavy/index.ts";
export const early = used();
    export async function runAction(contract, load) {
      console.log(version, contract.name, await (await load()).run());
    }
    export async function runActionCleanup(contract, load) {
      console.log("cleanup", await (await load()).cleanup());
    }`,
  "src/version.ts": `import manifest from "../package.json" with { type: "json" }; export const version = manifest.version;`,
  "src/heavy/index.ts": `
export { late } from "./late.ts";
export { unused } from "./unused.ts";
export { used } from "./used.ts";`,
  "src/heavy/late.ts": `export const late = (): string => "LATE" + "R";`,
  "src/heavy/unused.ts": `export const unused = globalThis.effect("HEAVY");`,
  "src/heavy/used.ts": `export const used = (): string => "used";`,
  "src/host/command-line.ts": `
    export async function runCommandLine(steps, argv) {
      for (const { contract } of steps) console.log(contract.name, ...argv);
    }`,
  "src/content/content-worker.ts": `import { used } from "../heavy/index.ts"; console.log("worker", used());`,
  "src/oci/registry/transfer/transfer-worker.ts": `import { used } from "../../../heavy/index.ts"; console.log(used());`,
  "actions/index.ts": `
    import { contract as hoist } from "./hoist/contract.ts";
    import { contract as lower } from "./lower/contract.ts";
    export const steps = [{ contract: hoist }, { contract: lower }];`,
  "actions/hoist/contract.ts": `export const contract = { name: "hoist" };`,
  "actions/hoist/step.ts": `
import { late, used } from "../../src/heavy/index.ts";
import { joined } from "old-package";
    export const run = async () => used() + joined("a", "b") + late();
    export const cleanup = async () => used();`,
  "actions/lower/contract.ts": `export const contract = { name: "lower" };`,
  "actions/lower/step.ts": `
    import { Same } from "one-package";
    import { Same as Other } from "other-package";
    export const run = async () => Same.name + Other.name;`,
  "node_modules/old-package/package.json": `{"name":"old-package","version":"1.0.0","license":"MIT"}`,
  "node_modules/old-package/index.js": `
    const path = require("path");
    const Emitter = require("node:events");
    class Sub extends Emitter {}
    exports.joined = (...parts) => path.join(...parts) + (new Sub() instanceof Emitter);`,
  "node_modules/old-package/LICENSE": "Old licence\r\n",
  "node_modules/old-package/NOTICE": "Old notice",
  "node_modules/one-package/package.json": `{"name":"one-package","version":"2.0.0","license":"ISC","type":"module","exports":"./index.js"}`,
  "node_modules/one-package/index.js": `/*! a legal comment */ export class Same { a = 1 }`,
  "node_modules/one-package/licence.md": "One licence",
  "node_modules/other-package/package.json": `{"name":"other-package","version":"3.0.0","license":"ISC","type":"module","exports":"./index.js"}`,
  "node_modules/other-package/index.js": `export class Same { b = 2 }`,
};

const entries = entriesOf([
  { name: "hoist", hosts: ["github", "tekton", "cli"], cleanup: true },
  { name: "lower", hosts: ["tekton"], cleanup: false },
  { name: "look", hosts: ["cli"], cleanup: false },
]);

async function plant(files: Readonly<Record<string, string>>): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), "slipway-bundle-"));
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
  return root;
}

let root: string;
let other: string;
let built: Bundle;

beforeAll(async () => {
  root = await plant(tree);
  other = await plant(tree);
  built = await bundle(root, entries);
  await writeFiles(root, {
    files: [...built.files, { path: "dist/package.json", content: '{"type":"module"}' }],
    owned: [],
  });
});
afterAll(() => Promise.all([root, other].map((folder) => rm(folder, { recursive: true }))));

function textOf({ content }: GeneratedFile): string {
  return Buffer.from(content).toString("utf8");
}

async function start(program: string, ...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [join(root, "dist", `${program}.js`), ...args]);
  return stdout.trim();
}

describe("entriesOf", () => {
  test("has a program for each action and clean-up, the command line and the workers", () => {
    expect(entries.map(({ name }) => name)).toEqual([
      "hoist",
      "lower",
      "hoist-cleanup",
      "slipway",
      "content-worker",
      "transfer-worker",
    ]);
  });
});

describe("bundle", () => {
  test("makes programs that run", async () => {
    expect(await start("hoist")).toBe(`1.2.3 hoist used${join("a", "b")}trueLATER`);
    expect(await start("hoist-cleanup")).toBe("cleanup used");
    expect(await start("slipway", "x")).toBe("hoist x\nlower x");
    expect(await start("content-worker")).toBe("worker used");
  });

  test("keeps the names of classes that are called the same", async () => {
    expect(await start("lower")).toBe("1.2.3 lower SameSame");
  });

  test("puts all files side by side, and only the command line is executable", () => {
    for (const { path } of built.files) expect(path).toMatch(/^dist\/[\w-]+\.js$/);
    expect(built.files.filter(({ executable }) => executable === true).map(({ path }) => path)).toEqual([
      "dist/slipway.js",
    ]);
    const program = built.files.find(({ path }) => path === "dist/slipway.js");
    expect(program && textOf(program).slice(0, 20)).toBe("#!/usr/bin/env node\n");
  });

  test("gives the same bytes again, from another folder too", async () => {
    const again = await bundle(other, entries);
    expect(again.files.map(({ path }) => path)).toEqual(built.files.map(({ path }) => path));
    for (const [i, file] of again.files.entries())
      expect(Buffer.from(file.content).equals(Buffer.from(built.files[i]?.content ?? ""))).toBe(true);
  });

  test("leaves out modules that nothing is used from, comments, and all of package.json but the version", () => {
    const text = built.files.map(textOf).join("");
    expect(text).not.toContain("HEAVY");
    expect(text).not.toContain("legal comment");
    expect(text).not.toContain("secret-script");
  });

  test("fails where an import would silently do nothing", async () => {
    const wrong = await plant({ ...tree, "actions/hoist/step.ts": `import "../../src/heavy/index.ts";` });
    await expect(bundle(wrong, entries)).rejects.toThrow("actions/hoist/step.ts");
    await rm(wrong, { recursive: true });
  });
});

describe("weigh", () => {
  test("tells what is loaded at once from what is loaded later", () => {
    const weights = new Map(weigh(built.metafile, ["hoist", "slipway"]).map(({ entry, ...weight }) => [entry, weight]));
    const hoist = weights.get("hoist");
    expect(hoist?.inAll.files).toBeGreaterThan(hoist?.atOnce.files ?? 0);
    expect(hoist?.inAll.bytes).toBeGreaterThan(hoist?.atOnce.bytes ?? 0);
    expect(weights.get("slipway")?.inAll).toEqual(weights.get("slipway")?.atOnce);
  });

  test("a program loads at once only what it uses of a folder", () => {
    const holdsLate = built.files.filter((file) => textOf(file).includes("LATE")).map(({ path }) => path);
    expect(holdsLate).toHaveLength(1);
    expect(loadedBy(built.metafile, "hoist", { later: true })).toContain(holdsLate[0]);
    expect(loadedBy(built.metafile, "hoist", { later: false })).not.toContain(holdsLate[0]);
  });

  test("shows the heaviest first", () => {
    const weight = (bytes: number) => ({ bytes, files: 1 });
    const rows = weightTable([{ entry: "a", atOnce: weight(12_345), inAll: weight(2_000_000) }]).split("\n");
    expect(rows[2]).toMatch(/^a +12\.3 +1 +2000\.0 +1$/);
    const sorted = weigh(
      built.metafile,
      entries.map(({ name }) => name),
    ).map(({ atOnce }) => atOnce.bytes);
    expect(sorted).toEqual(sorted.toSorted((a, b) => b - a));
  });
});

describe("licensesOf", () => {
  test("refuses a package without a licence file", async () => {
    await expect(licensesOf(root, built.metafile)).rejects.toThrow("node_modules/other-package has no licence file");
  });

  test("holds the texts and notices of the bundled packages, sorted", async () => {
    await writeFile(join(root, "node_modules/other-package/COPYING"), "Other licence");
    const text = await licensesOf(root, built.metafile);
    expect(bundledPackages(built.metafile)).toEqual([
      "node_modules/old-package",
      "node_modules/one-package",
      "node_modules/other-package",
    ]);
    const rule = `\n\n${"=".repeat(80)}\n\n`;
    expect(text.split(rule).slice(1)).toEqual([
      "old-package 1.0.0 (MIT)\n\nOld licence\n\nOld notice",
      "one-package 2.0.0 (ISC)\n\nOne licence",
      "other-package 3.0.0 (ISC)\n\nOther licence\n",
    ]);
  });
});

describe("faultsOf", () => {
  test("finds none in a good bundle", () => {
    expect(faultsOf(built.files, root)).toEqual([]);
  });

  test("finds a path of this machine, a require that is not bundled, and too many bytes", () => {
    expect(faultsOf([{ path: "dist/a.js", content: `"${root}/src/a.ts"` }], root)).toEqual([
      `dist/a.js holds a path of this machine, ${root}/`,
    ]);
    expect(faultsOf([{ path: "dist/a.js", content: 'throw Error("Dynamic require of x")' }], root)).toEqual([
      "dist/a.js holds a require that is not bundled",
    ]);
    expect(faultsOf([{ path: "dist/a.js", content: Buffer.alloc(sizeBudget + 1) }], root)).toEqual([
      "dist/ has 8000001 bytes; the budget is 8000000",
    ]);
  });

  test("esbuild does say so where a require is not bundled", async () => {
    const odd = await plant({
      ...tree,
      "node_modules/old-package/index.js": `exports.joined = (name) => require(name);`,
    });
    const { files } = await bundle(odd, entries);
    expect(faultsOf(files, odd)).toContainEqual(expect.stringMatching(/holds a require that is not bundled$/));
    await rm(odd, { recursive: true });
  });
});
