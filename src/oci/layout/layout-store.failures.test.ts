import { chmod, chown, mkdir, open, readdir, readFile, writeFile } from "node:fs/promises";
import { describe, expect, it, test } from "vitest";
import { runFile } from "../../../test/support/child.ts";
import { temporaryDirectory } from "../../../test/support/temporary.ts";
import { treeOf } from "../../../test/support/tree.ts";

/* What the system refuses: rights and room. */

const timeout = 20_000;
const program = new URL("./fixtures/store-process.ts", import.meta.url);

interface Outcome {
  readonly code: string;
  readonly family?: string;
  readonly message?: string;
}

async function run(args: readonly string[], how: Parameters<typeof runFile>[2] = {}): Promise<Outcome> {
  return JSON.parse(await runFile(program, args, how));
}

/** Root may write everywhere; these children are somebody else. */
const somebody = process.getuid?.() === 0 ? 65_534 : undefined;
const unprivileged = (...args: string[]): Promise<Outcome> => run(args, { uid: somebody });

const refusedForRights = {
  code: "STORE_UNREADABLE",
  family: "configuration",
  message: expect.stringMatching(/^oci:.*\b(EACCES|EPERM|EROFS)\b/),
};

describe("a store that this user may only read", { timeout }, () => {
  it("can be read, and says again what is announced; it refuses to change", async () => {
    await using root = await temporaryDirectory();
    const store = root.at("store");
    await run([store, "announce", "v1"]);
    await writeFile(root.at("file"), "content");
    await mkdir(root.at("mine"));
    await chmod(root.at("mine"), 0o777);
    const directories = ["", ".slipway", "blobs", "blobs/sha256"].map((name) => root.at("store", name));
    for (const directory of directories) await chmod(directory, 0o555);
    const before = await treeOf(root.path);

    for (const deed of ["list", "create"]) expect(await unprivileged(store, deed)).toMatchObject({ code: "done" });
    expect(await unprivileged(store, "fetch", "v1")).toMatchObject({ code: "done" });
    expect(await unprivileged(store, "announce", "v1")).toMatchObject({ code: "done" });
    for (const [deed = "", argument = ""] of [
      ["push", "10"],
      ["push file", root.at("file")],
      ["announce", "v2"],
    ]) {
      expect(await unprivileged(store, deed, argument), deed).toMatchObject(refusedForRights);
    }
    expect(await treeOf(root.path)).toEqual(before);
    expect(await unprivileged(store, "pull", root.at("mine/target"))).toMatchObject({ code: "done" });
    for (const directory of directories) await chmod(directory, 0o755);
  });

  it("except for its lock: what is known is not announced", async () => {
    await using root = await temporaryDirectory();
    const store = root.at("store");
    await run([store, "announce", "v1"]);
    if (somebody !== undefined)
      for (const name of ["", "blobs", "blobs/sha256"]) await chown(root.at("store", name), somebody, somebody);
    await chmod(root.at("store/.slipway"), 0o555);
    expect(await unprivileged(store, "announce", "v2")).toMatchObject(refusedForRights);
    await chmod(root.at("store/.slipway"), 0o755);
    expect((await readFile(root.at("store/index.json"), "utf8")).includes("v2")).toBe(false);
  });
});

describe("a file that this user may not read", { timeout }, () => {
  test.each([
    ["index.json", "list", "", refusedForRights],
    ["oci-layout", "list", "", refusedForRights],
    [".", "list", "", refusedForRights],
    ["blobs/sha256/*", "fetch", "v1", refusedForRights],
    ["blobs/sha256", "fetch", "v1", refusedForRights],
    ["blobs/sha256/*", "pull", "mine/target", refusedForRights],
    ["../file", "push file", "file", { code: "ContentError", kind: "unreadable" }],
  ])("%s: %s", async (file, deed, argument, outcome) => {
    await using root = await temporaryDirectory();
    await run([root.at("store"), "announce", "v1"]);
    await writeFile(root.at("file"), "content");
    await mkdir(root.at("mine"));
    for (const name of ["mine", "store", "store/.slipway", "store/blobs/sha256"]) await chmod(root.at(name), 0o777);
    const [directory = "", name] = file.split("*");
    const names = name === undefined ? [""] : await readdir(root.at("store", directory));
    for (const each of names) await chmod(root.at("store", directory, each), 0o000);
    const path = deed === "fetch" ? argument : root.at(argument);
    expect(await unprivileged(root.at("store"), deed, path)).toMatchObject(outcome);
    expect(await readdir(root.at("mine"))).toEqual([]);
    for (const each of names) await chmod(root.at("store", directory, each), 0o755);
    expect((await readdir(root.at("store/.slipway"))).filter((left) => left.startsWith("ingest"))).toEqual([]);
  });
});

describe("a directory that this user may not write", { timeout }, () => {
  it("gets no store, nor half of one", async () => {
    await using root = await temporaryDirectory();
    await chmod(root.path, 0o555);
    expect(await unprivileged(root.at("store"), "create")).toMatchObject(refusedForRights);
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
  const limited = (bytes: number): Parameters<typeof runFile>[2] => ({ under: ["prlimit", `--fsize=${bytes}`] });

  it.each([200_000, 20_000_000])("for a file of %i bytes: nothing is left, and the next run succeeds", async (size) => {
    await using root = await temporaryDirectory();
    const store = root.at("store");
    await using file = await open(root.at("file"), "wx");
    await file.truncate(size);
    await run([store, "create"]);
    const before = await treeOf(store);
    expect(await run([store, "push file", root.at("file")], limited(size - 1))).toMatchObject(full);
    expect(await treeOf(store)).toEqual(before);
    expect(await run([store, "push file", root.at("file")], limited(size))).toMatchObject({ code: "done" });
  });

  it("for small content", async () => {
    await using root = await temporaryDirectory();
    const store = root.at("store");
    await run([store, "create"]);
    const before = await treeOf(store);
    expect(await run([store, "push", "5000"], limited(4096))).toMatchObject(full);
    expect(await treeOf(store)).toEqual(before);
    expect(await run([store, "push", "5000"])).toMatchObject({ code: "done" });
  });

  it("for a longer index.json: the tag is not there, those before it are, and the next run succeeds", async () => {
    await using root = await temporaryDirectory();
    const store = root.at("store");
    for (const tag of ["v1", "v2", "v3"]) await run([store, "announce", tag]);
    const index = await readFile(root.at("store/index.json"));
    expect(await run([store, "announce", "v4"], limited(index.length))).toMatchObject(full);
    expect((await readFile(root.at("store/index.json"))).equals(index)).toBe(true);
    expect((await readdir(root.at("store/.slipway"))).filter((name) => !name.startsWith("lock."))).toEqual([
      "announced",
    ]);
    expect(await run([store, "announce", "v4"])).toMatchObject({ code: "done" });
    expect(await run([store, "fetch", "v4"])).toMatchObject({ code: "done" });
  });

  it("for the first file of a new store: the next run makes it", async () => {
    await using root = await temporaryDirectory();
    const store = root.at("store");
    expect(await run([store, "announce", "v1"], limited(50))).toMatchObject(full);
    expect(await run([store, "announce", "v1"])).toMatchObject({ code: "done" });
    expect((await readdir(root.at("store/.slipway"))).filter((name) => !name.startsWith("lock."))).toEqual([
      "announced",
    ]);
  });
});
