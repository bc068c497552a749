import { execFileSync } from "node:child_process";
import { chmod, link, mkdir, rename, rm, symlink, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openLayout, packInto, releaseMetadata, writeFiles } from "../../../test/support/packed-release.ts";
import { temporaryDirectory } from "../../../test/support/temporary.ts";
import { fetchRelease } from "./fetch-release.ts";
import { holdsRelease } from "./holds-release.ts";

const model = {
  "config.json": "{}",
  "empty.txt": "",
  "weights/a.safetensors": Buffer.alloc(100_000, "a"),
  "bin/run.sh*": "#!/bin/sh\n",
};

/** A release, and a directory that holds it. */
async function heldRelease() {
  const root = await temporaryDirectory();
  const [layout, directory] = [root.at("store"), root.at("held")];
  await writeFiles(root.at("model"), model);
  await writeFiles(directory, { ...model, "metadata.json": releaseMetadata });
  const { subject } = await packInto(layout, root.at("model"));
  const { store, pool } = await openLayout(layout);
  const { form } = await fetchRelease(store, { digest: subject.digest });
  return { directory, form, pool, [Symbol.asyncDispose]: () => root[Symbol.asyncDispose]() };
}

const unreadableName = Buffer.from([0x61, 0xff]);

test.each<[boolean, string, (directory: string) => unknown]>([
  [true, "nothing was changed", () => {}],
  [
    true,
    "an empty directory was added, which no release can hold",
    (directory) => mkdir(join(directory, "empty/er"), { recursive: true }),
  ],
  [true, "the directories have other modes", (directory) => chmod(join(directory, "weights"), 0o700)],
  [false, "a file was added", (directory) => writeFile(join(directory, "weights/b.safetensors"), "")],
  [false, "a hidden file was added", (directory) => writeFile(join(directory, ".hidden"), "")],
  [false, "a file is missing", (directory) => rm(join(directory, "empty.txt"))],
  [false, "a directory is missing", (directory) => rm(join(directory, "weights"), { recursive: true })],
  [false, "everything is missing", (directory) => rm(directory, { recursive: true }).then(() => mkdir(directory))],
  [
    false,
    "a file has another name",
    (directory) => rename(join(directory, "empty.txt"), join(directory, "empty2.txt")),
  ],
  [
    false,
    "a file has a name that is not UTF-8",
    (directory) => rename(join(directory, "empty.txt"), Buffer.concat([Buffer.from(`${directory}/`), unreadableName])),
  ],
  [
    false,
    "a file lies elsewhere",
    (directory) => rename(join(directory, "empty.txt"), join(directory, "bin/empty.txt")),
  ],
  [false, "a byte was changed", (directory) => writeFile(join(directory, "config.json"), "[]")],
  [false, "a file is longer", (directory) => writeFile(join(directory, "config.json"), "{} ")],
  [false, "a file is shorter", (directory) => truncate(join(directory, "weights/a.safetensors"), 99_999)],
  [false, "a file may be executed that should not", (directory) => chmod(join(directory, "config.json"), 0o755)],
  [false, "a file may not be executed that should", (directory) => chmod(join(directory, "bin/run.sh"), 0o644)],
  [false, "a file may be written by everybody", (directory) => chmod(join(directory, "config.json"), 0o666)],
  [false, "a program runs as its owner", (directory) => chmod(join(directory, "bin/run.sh"), 0o4755)],
  [
    false,
    "a link stands for a file with the same bytes",
    async (directory) => {
      await rename(join(directory, "config.json"), `${directory}.json`);
      await symlink(`${directory}.json`, join(directory, "config.json"));
    },
  ],
  [
    false,
    "a link stands for a directory with the same files",
    async (directory) => {
      await rename(join(directory, "weights"), `${directory}-weights`);
      await symlink(`${directory}-weights`, join(directory, "weights"));
    },
  ],
  [false, "a named pipe was added", (directory) => execFileSync("mkfifo", [join(directory, "pipe")])],
  [
    false,
    "a named pipe stands for a file",
    async (directory) => {
      await rm(join(directory, "empty.txt"));
      execFileSync("mkfifo", [join(directory, "empty.txt")]);
    },
  ],
  [
    false,
    "a directory stands for a file",
    async (directory) => {
      await rm(join(directory, "empty.txt"));
      await mkdir(join(directory, "empty.txt"));
    },
  ],
])("%s when %s", async (holds, _, change) => {
  await using held = await heldRelease();
  await change(held.directory);
  expect(await holdsRelease(held.form, held.directory, held.pool, () => {})).toBe(holds);
});

test("a hard link is the file, whoever else has it", async () => {
  await using held = await heldRelease();
  await link(join(held.directory, "config.json"), `${held.directory}.json`);
  expect(await holdsRelease(held.form, held.directory, held.pool, () => {})).toBe(true);
});

test("every byte is read, and counted once", async () => {
  await using held = await heldRelease();
  let bytes = 0;
  await holdsRelease(held.form, held.directory, held.pool, (more) => (bytes += more));
  expect(bytes).toBe(held.form.size);
});

test("a directory with far more files than the release is not walked to its end", async () => {
  await using held = await heldRelease();
  await mkdir(join(held.directory, "aaa"));
  for (let n = 0; n < 200; n += 1) await writeFile(join(held.directory, `aaa/${n}`), "");
  let bytes = 0;
  expect(await holdsRelease(held.form, held.directory, held.pool, (more) => (bytes += more))).toBe(false);
  expect(bytes).toBe(0);
});
