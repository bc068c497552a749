import { chmod, chown, mkdir, open, readdir, readFile, writeFile } from "node:fs/promises";
import { describe, expect, it, test } from "vitest";
import { runFile } from "../../../test/support/child.ts";
import { announceSample, storeAt } from "../../../test/support/layout.ts";
import { type Temporary, temporaryDirectory } from "../../../test/support/temporary.ts";
import { treeOf } from "../../../test/support/tree.ts";

/* What the system refuses: rights and room. */

const timeout = 20_000;
const program = new URL("./fixtures/store-process.ts", import.meta.url);
const done = { code: "done" };

type Steps = readonly (readonly [deed: string, argument: string])[];

/** Does things with the store in another process, and tells what came of each. */
async function run(root: Temporary, steps: Steps, how: Parameters<typeof runFile>[2]): Promise<unknown[]> {
  return JSON.parse(await runFile(program, [root.at("store"), ...steps.flat()], how));
}

/** Root may do everything; these children are somebody else. */
const somebody = process.getuid?.() === 0 ? 65_534 : undefined;
const unprivileged = (root: Temporary, steps: Steps) => run(root, steps, { uid: somebody });
/** No file can become larger, as if the disk were full. */
const limited = (root: Temporary, bytes: number, steps: Steps) =>
  run(root, steps, { under: ["prlimit", `--fsize=${bytes}`] });

const refused = {
  code: "STORE_UNREADABLE",
  family: "configuration",
  message: expect.stringMatching(/^oci:.*\b(EACCES|EPERM|EROFS)\b/),
};

async function drafts(root: Temporary): Promise<string[]> {
  return (await readdir(root.at("store/.slipway"))).filter((name) => !/^(announced|lock\.\d+)$/.test(name));
}

describe("a store that this user may only read", { timeout }, () => {
  it("can be read, and says again what is announced; it refuses to change", async () => {
    await using root = await temporaryDirectory();
    expect(await run(root, [["announce", "v1"]], {})).toMatchObject([done]);
    await writeFile(root.at("file"), "content");
    await mkdir(root.at("mine"));
    await chmod(root.at("mine"), 0o777);
    const directories = ["", ".slipway", "blobs", "blobs/sha256"].map((name) => root.at("store", name));
    for (const directory of directories) await chmod(directory, 0o555);
    const before = await treeOf(root.path);
    const outcomes = await unprivileged(root, [
      ["list", ""],
      ["create", ""],
      ["fetch", "v1"],
      ["announce", "v1"],
      ["push", "10"],
      ["push file", root.at("file")],
      ["push blob", "20"],
      ["announce", "v2"],
    ]);
    expect(outcomes).toMatchObject([done, done, done, done, refused, refused, refused, refused]);
    expect(await treeOf(root.path)).toEqual(before);
    expect(await unprivileged(root, [["pull", root.at("mine/target")]])).toMatchObject([done]);
    for (const directory of directories) await chmod(directory, 0o755);
  });

  it("except for its lock: what is stored is not announced", async () => {
    await using root = await temporaryDirectory();
    const store = await storeAt(root.at("store"));
    await announceSample(store, "v1");
    if (somebody !== undefined) {
      for (const name of ["", "blobs", "blobs/sha256"]) await chown(root.at("store", name), somebody, somebody);
    }
    await chmod(root.at("store/.slipway"), 0o555);
    expect(await unprivileged(root, [["announce", "v2"]])).toMatchObject([refused]);
    await chmod(root.at("store/.slipway"), 0o755);
    expect(await store.list()).toHaveLength(1);
  });
});

describe("a file that this user may not read", { timeout }, () => {
  test.each([
    ["index.json", "list", "", refused],
    ["oci-layout", "list", "", refused],
    [".", "list", "", refused],
    ["blobs/sha256/*", "fetch", "v1", refused],
    ["blobs/sha256", "fetch", "v1", refused],
    ["blobs/sha256/*", "pull", "mine/target", refused],
    ["../file", "push file", "file", { code: "ContentError", kind: "unreadable" }],
  ])("%s: %s", async (file, deed, argument, outcome) => {
    await using root = await temporaryDirectory();
    await announceSample(await storeAt(root.at("store")), "v1");
    await writeFile(root.at("file"), "content");
    await mkdir(root.at("mine"));
    for (const name of ["mine", "store", "store/.slipway", "store/blobs/sha256"]) await chmod(root.at(name), 0o777);
    const [directory = "", name] = file.split("*");
    const names = name === undefined ? [""] : await readdir(root.at("store", directory));
    for (const each of names) await chmod(root.at("store", directory, each), 0o000);
    const path = deed === "fetch" ? argument : root.at(argument);
    expect(await unprivileged(root, [[deed, path]])).toMatchObject([outcome]);
    expect(await readdir(root.at("mine"))).toEqual([]);
    for (const each of names) await chmod(root.at("store", directory, each), 0o755);
    expect(await drafts(root)).toEqual([]);
  });
});

describe("a directory that this user may not write", { timeout }, () => {
  it("gets no store, nor half of one", async () => {
    await using root = await temporaryDirectory();
    await chmod(root.path, 0o555);
    expect(await unprivileged(root, [["create", ""]])).toMatchObject([refused]);
    await chmod(root.path, 0o755);
    expect(await readdir(root.path)).toEqual([]);
  });
});

describe("no room", { timeout }, () => {
  const full = {
    code: "STORE_FULL",
    family: "temporary",
    message: expect.stringContaining("no room left while writing to oci:"),
  };

  it("for files: nothing is left, and with a little more room they are stored", async () => {
    await using root = await temporaryDirectory();
    await storeAt(root.at("store"));
    const before = await treeOf(root.at("store"));
    await makeSparse(root.at("small"), 200_000);
    await makeSparse(root.at("large"), 20_000_000);
    const files: Steps = [
      ["push file", root.at("small")],
      ["push file", root.at("large")],
      ["push", "200000"],
      ["push blob", "200001"],
    ];
    expect(await limited(root, 199_999, files)).toMatchObject([full, full, full, full]);
    expect(await treeOf(root.at("store"))).toEqual(before);
    expect(await limited(root, 20_000_000, files)).toMatchObject([done, done, done, done]);
  });

  it("for a longer index.json: the tag is not there, those before it are, and the next run succeeds", async () => {
    await using root = await temporaryDirectory();
    const store = await storeAt(root.at("store"));
    for (const tag of ["v1", "v2", "v3"]) await announceSample(store, tag);
    const index = await readFile(root.at("store/index.json"));
    expect(await limited(root, index.length, [["announce", "v4"]])).toMatchObject([full]);
    expect((await readFile(root.at("store/index.json"))).equals(index)).toBe(true);
    expect(await drafts(root)).toEqual([]);
    await announceSample(store, "v4");
    expect(await store.list()).toHaveLength(4);
  });

  it("for the first file of a new store: the next run makes it", async () => {
    await using root = await temporaryDirectory();
    expect(await limited(root, 50, [["announce", "v1"]])).toMatchObject([full]);
    expect(await drafts(root)).toEqual([]);
    await announceSample(await storeAt(root.at("store")), "v1");
  });
});

async function makeSparse(path: string, size: number): Promise<void> {
  await using file = await open(path, "wx");
  await file.truncate(size);
}
