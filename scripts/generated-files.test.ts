import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { findDrift, writeFiles } from "./generated-files.ts";

const generated = {
  files: [
    { path: "dist/b.js", content: "b" },
    { path: "dist/a.js", content: Buffer.from("#!a"), executable: true },
    { path: "docs/c.md", content: "c" },
  ],
  owned: ["dist/**"],
};

async function emptyRoot(): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), "slipway-generated-"));
  onTestFinished(() => rm(root, { recursive: true }));
  return root;
}

test("what is missing is written, and then nothing differs", async () => {
  const root = await emptyRoot();
  const all = ["dist/a.js", "dist/b.js", "docs/c.md"].map((path) => ({ path, kind: "missing" }));
  expect(await findDrift(root, generated)).toEqual(all);
  expect(await writeFiles(root, generated)).toEqual(all);
  expect(await findDrift(root, generated)).toEqual([]);
  expect(await readFile(join(root, "dist/b.js"), "utf8")).toBe("b");
  expect((await stat(join(root, "dist/a.js"))).mode & 0o111).toBe(0o111);
});

test("a changed byte, a lost executable bit and a file left over differ, until they are written again", async () => {
  const root = await emptyRoot();
  await writeFiles(root, generated);
  await writeFile(join(root, "docs/c.md"), "C");
  await chmod(join(root, "dist/a.js"), 0o644);
  await writeFile(join(root, "dist/old-chunk.js"), "");
  await mkdir(join(root, "docs/by-hand"));
  await writeFile(join(root, "docs/by-hand/d.md"), "");
  const expected = [
    { path: "dist/a.js", kind: "changed" },
    { path: "dist/old-chunk.js", kind: "left over" },
    { path: "docs/c.md", kind: "changed" },
  ];
  expect(await findDrift(root, generated)).toEqual(expected);
  expect(await writeFiles(root, generated)).toEqual(expected);
  expect(await findDrift(root, generated)).toEqual([]);
  expect(await readFile(join(root, "docs/by-hand/d.md"), "utf8")).toBe("");
});

test("what is right already is not written again", async () => {
  const root = await emptyRoot();
  await writeFiles(root, generated);
  const before = await stat(join(root, "dist/b.js"), { bigint: true });
  expect(await writeFiles(root, generated)).toEqual([]);
  expect((await stat(join(root, "dist/b.js"), { bigint: true })).mtimeNs).toBe(before.mtimeNs);
});
