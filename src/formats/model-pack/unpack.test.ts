import { mkdir, readdir, readFile, rm, stat, symlink, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { openLayout, packInto, releaseMetadata, writeFiles } from "../../../test/support/packed-release.ts";
import { temporaryDirectory } from "../../../test/support/temporary.ts";
import { treeOf } from "../../../test/support/tree.ts";
import { stagingName } from "../../content/index.ts";
import { fetchRelease } from "./fetch-release.ts";
import type { FormC } from "./read.ts";
import { isStagingOfPull, stateOfTarget, targetOccupied } from "./target.ts";
import { unpack } from "./unpack.ts";

const model = {
  "README.md": "# A model\n",
  "empty.txt": "",
  "weights/1/a.safetensors": Buffer.alloc(300_000, "a"),
  "weights/1/b.safetensors": Buffer.alloc(200_000, "b"),
  "weights/again.safetensors": Buffer.alloc(300_000, "a"),
  "bin/run.sh*": "#!/bin/sh\n",
};

/** A release in `store`, the directory it was made of in `model`, and an empty `place` to pull into. */
async function packedRelease() {
  const root = await temporaryDirectory();
  const at = (name: string): string => root.at(name);
  await writeFiles(at("model"), model);
  const { subject } = await packInto(at("store"), at("model"));
  await mkdir(at("place"));
  const { store, pool } = await openLayout(at("store"));
  const { form } = await fetchRelease(store, { digest: subject.digest });
  return {
    at,
    form,
    store,
    pool,
    target: at("place/model"),
    place: at("place"),
    [Symbol.asyncDispose]: () => root[Symbol.asyncDispose](),
  };
}

type Packed = Awaited<ReturnType<typeof packedRelease>>;

async function pull(
  { store, pool }: Packed,
  form: FormC,
  target: string,
  onStaging = (_: string): void => {},
): Promise<number> {
  let bytes = 0;
  await unpack(form, { store, pool, target, onBytes: (more) => (bytes += more), onStaging });
  return bytes;
}

function blobOf({ at, form }: Packed, path: string): string {
  const digest = form.files.find((file) => file.path === path)?.blob.digest ?? "";
  return at(`store/blobs/sha256/${digest.slice("sha256:".length)}`);
}

describe("a pull", () => {
  test("writes every file with its mode, in directories that everybody may enter", async () => {
    await using packed = await packedRelease();
    const staging: string[] = [];

    const bytes = await pull(packed, packed.form, packed.target, (directory) => staging.push(directory));

    expect(bytes).toBe(packed.form.size);
    const modes = Object.entries(await treeOf(packed.target)).map(([path, text]) => [
      path,
      text.split(" ").slice(0, 2).join(" "),
    ]);
    expect(Object.fromEntries(modes)).toEqual({
      "README.md": "file 644",
      bin: "directory 755",
      "bin/run.sh": "file 755",
      "empty.txt": "file 644",
      "metadata.json": "file 644",
      weights: "directory 755",
      "weights/1": "directory 755",
      "weights/1/a.safetensors": "file 644",
      "weights/1/b.safetensors": "file 644",
      "weights/again.safetensors": "file 644",
    });
    expect((await stat(packed.target)).mode & 0o777).toBe(0o755);
    for (const [path, content] of Object.entries({ ...model, "metadata.json": releaseMetadata })) {
      expect(await readFile(join(packed.target, path.replace("*", "")))).toEqual(Buffer.from(content));
    }
    // The directory that was announced is the one that became the target.
    expect(staging).toEqual([expect.stringContaining(join(packed.place, ".slipway-pull."))]);
    expect(await readdir(packed.place)).toEqual(["model"]);
  });

  test("makes the directories on the way to its target", async () => {
    await using packed = await packedRelease();
    await pull(packed, packed.form, join(packed.place, "a/b/c"));
    expect(await readdir(join(packed.place, "a/b"))).toEqual(["c"]);
  });

  test("takes the place of an empty directory", async () => {
    await using packed = await packedRelease();
    await mkdir(packed.target);
    expect(await stateOfTarget(packed.target)).toBe("free");
    await pull(packed, packed.form, packed.target);
    expect(await readdir(packed.target)).toContain("README.md");
  });

  test("removes what a killed pull left beside its target, and not what another is writing", async () => {
    await using packed = await packedRelease();
    const living = stagingName(".slipway-pull");
    // The same machine and boot, and a process number that is never given out.
    const dead = living.replace(/-\d+-\d+\./, "-4194305-1.");
    for (const name of [living, dead, ".slipway-pulled", "other"])
      await writeFiles(packed.place, { [`${name}/x`]: "x" });
    await pull(packed, packed.form, packed.target);
    expect((await readdir(packed.place)).sort()).toEqual([living, ".slipway-pulled", "model", "other"].sort());
  });

  test("of one release by two at a time leaves one whole release", async () => {
    await using packed = await packedRelease();
    const outcomes = await Promise.allSettled([1, 2].map(() => pull(packed, packed.form, packed.target)));
    expect(outcomes.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    expect(outcomes.find(({ status }) => status === "rejected")).toMatchObject({
      reason: { code: "TARGET_NOT_EMPTY" },
    });
    expect(await readdir(packed.place)).toEqual(["model"]);
    expect(Object.keys(await treeOf(packed.target))).toHaveLength(10);
  });
});

describe("a pull that fails leaves neither target nor staging", () => {
  const flip = async (blob: string): Promise<void> => {
    const bytes = await readFile(blob);
    bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
    await writeFile(blob, bytes);
  };

  test.each<[string, string, (blob: string) => Promise<void>]>([
    ["altered", "weights/1/b.safetensors", flip],
    ["altered, and small", "README.md", flip],
    ["shorter", "weights/1/a.safetensors", (blob) => truncate(blob, 10)],
    ["longer", "README.md", (blob) => writeFile(blob, "and more", { flag: "a" })],
    ["missing", "bin/run.sh", (blob) => rm(blob)],
    [
      "a directory",
      "bin/run.sh",
      (blob) =>
        rm(blob)
          .then(() => mkdir(blob))
          .then(() => {}),
    ],
  ])("because a blob is %s (%s)", async (_, path, damage) => {
    await using packed = await packedRelease();
    await damage(blobOf(packed, path));
    await expect(pull(packed, packed.form, packed.target)).rejects.toMatchObject({
      code: "STORE_CORRUPT",
      family: "refused",
    });
    expect(await readdir(packed.place)).toEqual([]);
  });

  test("because a release says that it is larger than any disk", async () => {
    await using packed = await packedRelease();
    const form = { ...packed.form, size: Number.MAX_SAFE_INTEGER };
    await expect(pull(packed, form, packed.target)).rejects.toMatchObject({
      code: "TARGET_FULL",
      message: expect.stringContaining(`${packed.target} needs 9007199254740991 bytes`),
    });
    expect(await readdir(packed.place)).toEqual([]);
  });
});

describe("a target that holds something is not touched", () => {
  test.each<[string, (target: string) => Promise<unknown>]>([
    ["a directory with a file", (target) => writeFiles(target, { "notes.txt": "mine" })],
    ["a directory with a directory", (target) => mkdir(join(target, "sub"), { recursive: true })],
    ["a file", (target) => writeFile(target, "mine")],
    ["a link to an empty directory", (target) => mkdir(`${target}-2`).then(() => symlink("model-2", target))],
    ["a link to nowhere", (target) => symlink("nowhere", target)],
  ])("%s", async (_, occupy) => {
    await using packed = await packedRelease();
    await occupy(packed.target);
    const before = await treeOf(packed.place);
    await expect(pull(packed, packed.form, packed.target)).rejects.toMatchObject({
      code: "TARGET_NOT_EMPTY",
      family: "configuration",
    });
    expect(await treeOf(packed.place)).toEqual(before);
  });

  test("a path through a file cannot be a target", async () => {
    await using packed = await packedRelease();
    await writeFile(packed.target, "a file");
    for (const target of [join(packed.target, "below"), join(packed.target, "far/below")]) {
      await expect(pull(packed, packed.form, target)).rejects.toMatchObject({ code: "TARGET_UNUSABLE" });
    }
    expect(await readFile(packed.target, "utf8")).toBe("a file");
  });

  test("a name that no file system takes cannot be a target", async () => {
    await using packed = await packedRelease();
    const target = join(packed.place, "x".repeat(300), "model");
    await expect(pull(packed, packed.form, target)).rejects.toMatchObject({ code: "TARGET_UNUSABLE" });
    expect(await readdir(packed.place)).toEqual([]);
  });
});

describe("stateOfTarget", () => {
  test.each<[string, (target: string) => Promise<unknown>, "free" | "occupied"]>([
    ["nothing", async () => {}, "free"],
    ["an empty directory", (target) => mkdir(target), "free"],
    ["a directory with a hidden file", (target) => writeFiles(target, { ".hidden": "" }), "occupied"],
    [
      "a link to a directory with a file",
      async (target) => {
        await writeFiles(`${target}-2`, { a: "" });
        await symlink("model-2", target);
      },
      "occupied",
    ],
  ])("%s", async (_, make, state) => {
    await using root = await temporaryDirectory();
    await make(root.at("model"));
    expect(await stateOfTarget(root.at("model"))).toBe(state);
  });

  test.each<[string, (target: string) => Promise<unknown>, string]>([
    ["a file", (target) => writeFile(target, ""), "cannot use <target>: ENOTDIR"],
    ["a link to a file", (target) => symlink("../file", target), "cannot use <target>: ENOTDIR"],
    ["a link to nowhere", (target) => symlink("nowhere", target), "<target> is a link"],
    ["a link to itself", (target) => symlink("model", target), "cannot use <target>: ELOOP"],
    ["a link to an empty directory", (target) => symlink("empty", target), "<target> is a link"],
  ])("TARGET_UNUSABLE: %s", async (_, make, message) => {
    await using root = await temporaryDirectory();
    const target = root.at("place/model");
    await writeFiles(root.path, { file: "" });
    await mkdir(root.at("place/empty"), { recursive: true });
    await make(target);
    await expect(stateOfTarget(target)).rejects.toMatchObject({
      code: "TARGET_UNUSABLE",
      message: expect.stringContaining(message.replace("<target>", target)),
    });
  });

  test("TARGET_UNUSABLE: a path through a file", async () => {
    await using root = await temporaryDirectory();
    await writeFiles(root.path, { file: "" });
    await expect(stateOfTarget(root.at("file/model"))).rejects.toMatchObject({ code: "TARGET_UNUSABLE" });
  });
});

test("the refusal of an occupied target names it", () => {
  expect(targetOccupied("/models/x")).toMatchObject({
    code: "TARGET_NOT_EMPTY",
    message: "/models/x holds something else than this release",
  });
});

test("only directories of pulls are removed after one was killed", async () => {
  await using packed = await packedRelease();
  const names: string[] = [];
  await pull(packed, packed.form, packed.target, (directory) => names.push(directory));
  expect(names.map((path) => isStagingOfPull(path.slice(packed.place.length + 1)))).toEqual([true]);
  for (const name of ["model", ".slipway", ".slipway-pull", ".slipway-pulled.x", "x.slipway-pull.y", ""]) {
    expect(isStagingOfPull(name)).toBe(false);
  }
});
