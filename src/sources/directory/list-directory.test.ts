import { writeFileSync } from "node:fs";
import { chmod, mkdir, stat, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { temporaryDirectory } from "../../../test/support/temporary.ts";
import { listModelDirectory } from "./list-directory.ts";

async function write(directory: string, paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    await mkdir(dirname(join(directory, path)), { recursive: true });
    await writeFile(join(directory, path), `content of ${path}`);
  }
}

test("lists every file with its size, mode and identity, in byte order of the paths", async () => {
  await using root = await temporaryDirectory();
  await write(root.path, ["b", "a/x.bin", "a-b", "a.txt", "Z", "\u{1f680}", "\uff21", "a/deep/er/y"]);
  await writeFile(root.at("empty"), "");

  const { files, leftOut } = await listModelDirectory(root.path);

  expect(files.map(({ path }) => path)).toEqual([
    "Z",
    "a-b",
    "a.txt",
    "a/deep/er/y",
    "a/x.bin",
    "b",
    "empty",
    "\uff21",
    "\u{1f680}",
  ]);
  expect(leftOut).toEqual([]);
  for (const file of files) {
    const found = await stat(root.at(file.path), { bigint: true });
    expect(file).toEqual({
      path: file.path,
      source: root.at(file.path),
      size: file.path === "empty" ? 0 : Buffer.byteLength(`content of ${file.path}`),
      executable: false,
      identity: {
        device: found.dev,
        inode: found.ino,
        size: found.size,
        modified: found.mtimeNs,
        changed: found.ctimeNs,
      },
    });
  }
});

test("does not depend on the order in which files were made", async () => {
  const paths = ["c/2", "c/1", "b", "a", "c/10", "d/e/f"];
  await using first = await temporaryDirectory();
  await using second = await temporaryDirectory();
  await write(first.path, paths);
  await write(second.path, paths.toReversed());
  const pathsOf = async (directory: string) => (await listModelDirectory(directory)).files.map(({ path }) => path);
  expect(await pathsOf(second.path)).toEqual(await pathsOf(first.path));
});

test.each([
  [0o644, false],
  [0o600, false],
  [0o755, true],
  [0o700, true],
  // The owner decides, as in Git: what only others may execute is not a program of this model.
  [0o655, false],
  [0o444, false],
  [0o4755, true],
])("a file of mode %o is executable: %s", async (mode, executable) => {
  await using root = await temporaryDirectory();
  await write(root.path, ["run.sh"]);
  await chmod(root.at("run.sh"), mode);
  expect((await listModelDirectory(root.path)).files).toMatchObject([{ path: "run.sh", executable }]);
});

test("leaves out version control and empty directories, and says so", async () => {
  await using root = await temporaryDirectory();
  const versioned = [
    ".git/config",
    ".git/objects/aa/bb",
    "sub/.git/HEAD",
    ".hg/store",
    "src/.svn/entries",
    "module/.git",
  ];
  await write(root.path, [...versioned, "model.bin", ".gitattributes", "git/kept"]);
  await mkdir(root.at("nothing/in/here"), { recursive: true });
  await mkdir(root.at("a/gap"), { recursive: true });

  const { files, leftOut } = await listModelDirectory(root.path);

  expect(files.map(({ path }) => path)).toEqual([".gitattributes", "git/kept", "model.bin"]);
  expect(leftOut).toEqual([
    ".git/",
    ".hg/",
    "a/gap/ (empty)",
    "module/.git",
    "nothing/in/here/ (empty)",
    "src/.svn/",
    "sub/.git/",
  ]);
});

test("follows a root that is a link, and names files where they really are", async () => {
  await using root = await temporaryDirectory();
  await write(root.path, ["real/a", "real/b/c"]);
  await symlink("real", root.at("link"));
  const { files } = await listModelDirectory(root.at("link"));
  expect(files.map(({ path, source }) => [path, source])).toEqual([
    ["a", root.at("real/a")],
    ["b/c", root.at("real/b/c")],
  ]);
});

test("lists 3 000 files quickly", async () => {
  await using root = await temporaryDirectory();
  await mkdir(root.at("shards"));
  const names = Array.from({ length: 3_000 }, (_, n) => `shards/${n}`);
  for (const name of names) writeFileSync(root.at(name), "");
  const before = performance.now();
  const { files } = await listModelDirectory(root.path);
  expect(files).toHaveLength(3_000);
  // A few tenths of a second; the limit only notices work that grows with the square of the count.
  expect(performance.now() - before).toBeLessThan(5_000);
});
