import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { foreignPlaces, lockedAddresses, missingIntroductions } from "./tree.ts";

describe("missingIntroductions", () => {
  test("names the folders that do not say what they are for", async () => {
    const root = await mkdtemp(join(tmpdir(), "slipway-tree-"));
    onTestFinished(() => rm(root, { recursive: true }));
    const files = {
      "src/good/index.ts": "// What belongs here.\n",
      "src/also-good/index.ts": "/**\n * What belongs here.\n */\n",
      "src/silent/index.ts": 'export * from "./x.ts";\n',
      "src/empty-comment/index.ts": "//\n",
      "src/none/x.ts": "",
      "actions/index.ts": "// The steps.\n",
    };
    for (const [path, text] of Object.entries(files)) {
      await mkdir(join(root, path, ".."), { recursive: true });
      await writeFile(join(root, path), text);
    }
    expect(await missingIntroductions(root)).toEqual([
      "action-fixtures has no index.ts",
      "src/empty-comment/index.ts does not begin with a comment",
      "src/none has no index.ts",
      "src/silent/index.ts does not begin with a comment",
    ]);
  });
});

describe("lockedAddresses", () => {
  test("names the packages whose origin is written down", () => {
    const packages = {
      "": {},
      "node_modules/a": { version: "1.0.0" },
      "node_modules/b": { resolved: "https://x/b.tgz" },
    };
    expect(lockedAddresses(JSON.stringify({ packages }))).toEqual([
      "package-lock.json says where node_modules/b came from",
    ]);
  });
});

describe("foreignPlaces", () => {
  // Put together here, so that this file does not hold what it looks for.
  const [home, work] = ["home", "work"].map((name) => `/${name}/`);
  const registry = ["registry", "npmjs", "org"].join(".");

  test.each([`cd ${home}me/slipway`, `"${work}main/src/a.ts"`, `file://${home}me`, `https://${registry}/x`])(
    "finds %j",
    (line) => {
      expect(foreignPlaces("a.md", `fine\n${line}\n`)).toEqual([expect.stringMatching(/^a\.md:2 holds a /)]);
    },
  );

  test.each(["/slipway/home/x", `$HOME${work}x`, `out${work}x`, "/workspace/x", "/home", "a /home/ b"])(
    "takes %j",
    (line) => {
      expect(foreignPlaces("a.md", line)).toEqual([]);
    },
  );
});
