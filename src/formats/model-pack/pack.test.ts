import { chmod, copyFile, readdir, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  openLayout,
  packInto,
  releaseFacts,
  releaseMetadata,
  writeFiles,
} from "../../../test/support/packed-release.ts";
import { temporaryDirectory } from "../../../test/support/temporary.ts";
import { treeOf } from "../../../test/support/tree.ts";
import { type Digest, digestOf, hexOf, maxManifestBytes } from "../../oci/index.ts";
import { fetchRelease } from "./fetch-release.ts";
import { modelPack } from "./media-types.ts";
import { type FileToPack, packFormC } from "./pack.ts";
import { encodeConfig, encodeFormC, planLayers, type ReleaseFacts } from "./plan.ts";

const model = {
  "README.md": "# A model\n",
  "config.json": "{}",
  "weights/a.safetensors": Buffer.alloc(300_000, "a"),
  "weights/b.safetensors": Buffer.alloc(200_000, "b"),
  "weights/a-again.safetensors": Buffer.alloc(300_000, "a"),
  "empty.txt": "",
  "deep/er/still/code.py": "print()\n",
  "bin/run.sh*": "#!/bin/sh\n",
};
const contentBytes = Object.values(model).reduce((sum, content) => sum + Buffer.byteLength(content), 0);

/** A directory with the model in `model` and room for stores beside it. */
async function workbench() {
  const root = await temporaryDirectory();
  await writeFiles(root.at("model"), model);
  const { path } = root;
  return {
    path,
    model: join(path, "model"),
    store: join(path, "store"),
    [Symbol.asyncDispose]: () => root[Symbol.asyncDispose](),
  };
}

/** What tells whether a file was written again, even with the same bytes. */
async function inodesOf(store: string): Promise<Record<string, string>> {
  const blobs = await readdir(join(store, "blobs/sha256"));
  const inodes: Record<string, string> = {};
  for (const path of ["index.json", "oci-layout", ...blobs.map((name) => `blobs/sha256/${name}`)]) {
    const { ino, mtimeNs } = await stat(join(store, path), { bigint: true });
    inodes[path] = `${ino} ${mtimeNs}`;
  }
  return inodes;
}

const blobPath = (store: string, digest: Digest): string => join(store, "blobs/sha256", hexOf(digest));

describe("what is packed", () => {
  test("is every file, the metadata among them, and each keeps whether it may be executed", async () => {
    await using at = await workbench();
    const { subject, files, size, written } = await packInto(at.store, at.model);

    const paths = Object.keys(model).map((path) => path.replace("*", ""));
    expect(files.map(({ path }) => path)).toEqual([...paths, "metadata.json"].sort());
    expect(files.filter(({ executable }) => executable).map(({ path }) => path)).toEqual(["bin/run.sh"]);
    expect(size).toBe(contentBytes + releaseMetadata.length);
    // One of the two equal files is not new.
    expect(written).toBe(contentBytes - 300_000 + releaseMetadata.length);
    for (const file of files) {
      const content = file.path === "metadata.json" ? releaseMetadata : await readFile(join(at.model, file.path));
      expect(file.digest).toBe(digestOf(content));
      expect(digestOf(await readFile(blobPath(at.store, file.digest)))).toBe(file.digest);
    }

    const { store } = await openLayout(at.store);
    expect(await store.tags()).toEqual(["1.0.0-jetson"]);
    expect(await store.resolve({ tag: "1.0.0-jetson" })).toEqual(subject);
    const { form } = await fetchRelease(store, { digest: subject.digest });
    expect(form).toMatchObject({ name: "retina/seg", version: "1.0.0", variant: "jetson", size });
    expect(form.files.map(({ path, mode, blob }) => [path, mode, blob.digest])).toEqual(
      files.map(({ path, executable, digest }) => [path, executable ? 0o755 : 0o644, digest]),
    );
  });

  test("may be nothing but the metadata", async () => {
    await using at = await workbench();
    const { store, pool } = await openLayout(at.store);
    const { files } = await packFormC({
      files: [],
      metadata: releaseMetadata,
      facts: releaseFacts,
      store,
      pool,
      onBytes: () => {},
    });
    expect(files.map(({ path }) => path)).toEqual(["metadata.json"]);
  });
});

describe("the digest", () => {
  test("is the same for the same files: elsewhere, in another order, at another time, with other modes", async () => {
    await using at = await workbench();
    await using elsewhere = await workbench();
    const { subject } = await packInto(at.store, at.model);

    const other = join(elsewhere.path, "an/other name");
    await writeFiles(other, Object.fromEntries(Object.entries(model).reverse()));
    for (const path of ["README.md", "weights/a.safetensors"]) {
      await chmod(join(other, path), 0o600);
      await utimes(join(other, path), 1, 1);
    }
    expect((await packInto(elsewhere.store, other)).subject).toEqual(subject);
    expect((await packInto(at.store, other)).subject).toEqual(subject);
  });

  test.each([
    ["content", async (directory: string) => writeFile(join(directory, "config.json"), "{ }")],
    ["a name", async (directory: string) => copyFile(join(directory, "config.json"), join(directory, "config2.json"))],
    ["an execute bit", async (directory: string) => chmod(join(directory, "config.json"), 0o755)],
    ["a missing file", async (directory: string) => rm(join(directory, "empty.txt"))],
  ])("is another for another model: %s", async (_, change) => {
    await using at = await workbench();
    const { subject } = await packInto(at.store, at.model);
    await change(at.model);
    const { subject: other } = await packInto(join(at.path, "other"), at.model);
    expect(other.digest).not.toBe(subject.digest);
  });
});

describe("packing again", () => {
  test("writes nothing when the release is there", async () => {
    await using at = await workbench();
    const first = await packInto(at.store, at.model);
    const before = await inodesOf(at.store);

    const again = await packInto(at.store, at.model);

    expect(again).toEqual({ ...first, written: 0 });
    expect(await inodesOf(at.store)).toEqual(before);
  });

  test("shares the files that did not change with the version before", async () => {
    await using at = await workbench();
    await packInto(at.store, at.model);
    const before = await inodesOf(at.store);
    await writeFile(join(at.model, "README.md"), "# A better model\n");

    const next = await packInto(at.store, at.model, { facts: { version: "1.1.0", tag: "1.1.0-jetson" } });

    const { "index.json": _, ...kept } = before;
    const after = await inodesOf(at.store);
    expect(after).toMatchObject(kept);
    // The new README, the config and the manifest.
    expect(Object.keys(after)).toHaveLength(Object.keys(before).length + 3);
    expect(next.written).toBe("# A better model\n".length);
    const { store } = await openLayout(at.store);
    expect(await store.tags()).toEqual(["1.0.0-jetson", "1.1.0-jetson"]);
  });

  test("gives back a blob that was lost", async () => {
    await using at = await workbench();
    const { files, subject } = await packInto(at.store, at.model);
    const before = await treeOf(at.store);
    for (const { digest } of files) await rm(blobPath(at.store, digest), { force: true });
    expect((await packInto(at.store, at.model)).subject).toEqual(subject);
    expect(await treeOf(at.store)).toEqual(before);
  });

  test("counts every byte once, whether it was there or not", async () => {
    await using at = await workbench();
    const counted = async (facts = {}): Promise<number> => {
      let bytes = 0;
      await packInto(at.store, at.model, { facts, onBytes: (more) => (bytes += more) });
      return bytes;
    };
    expect(await counted()).toBe(contentBytes);
    expect(await counted()).toBe(contentBytes);
    expect(await counted({ tag: "1.0.1-jetson", version: "1.0.1" })).toBe(contentBytes);
  });
});

describe("what is refused leaves the store as it was", () => {
  test.each<[string, (directory: string) => Promise<void>, object]>([
    ["a changed file", (directory) => writeFile(join(directory, "README.md"), "# Another\n"), {}],
    ["a changed file of the same size", (directory) => writeFile(join(directory, "config.json"), "[]"), {}],
    ["a new file", (directory) => writeFile(join(directory, "new.bin"), "new"), {}],
    ["a missing file", (directory) => rm(join(directory, "empty.txt")), {}],
    ["an execute bit", (directory) => chmod(join(directory, "config.json"), 0o755), {}],
    ["other metadata", async () => {}, { metadata: Buffer.from("{}") }],
    ["another owner", async () => {}, { facts: { owner: "somebody@example.com" } }],
    ["another time", async () => {}, { facts: { sourceDateEpoch: 1 } }],
  ])("IMMUTABLE_CONFLICT: %s under the same tag", async (_, change, options) => {
    await using at = await workbench();
    const { subject } = await packInto(at.store, at.model);
    await change(at.model);
    const before = await treeOf(at.store);

    await expect(packInto(at.store, at.model, options)).rejects.toMatchObject({
      code: "IMMUTABLE_CONFLICT",
      family: "refused",
      message: expect.stringContaining(`:1.0.0-jetson already holds ${subject.digest}; it cannot become sha256:`),
    });
    expect(await treeOf(at.store)).toEqual(before);
  });

  test.each([
    ["metadata.json"],
    ["Metadata.JSON"],
    ["METADATA.json/part"],
    ["metadata.json/part"],
    ["metadata.j\u017fon"],
  ])("METADATA_CLASH: %s", async (path) => {
    await using at = await workbench();
    await writeFiles(at.model, { [path]: "{}" });
    await openLayout(at.store);
    const before = await treeOf(at.store);
    await expect(packInto(at.store, at.model)).rejects.toMatchObject({
      code: "METADATA_CLASH",
      message: `the model's directory has a file "${path}"`,
    });
    expect(await treeOf(at.store)).toEqual(before);
  });

  test("metadata.json in a directory, and names that begin like it, are files like any other", async () => {
    await using at = await workbench();
    await writeFiles(at.model, { "sub/metadata.json": "{}", "metadata.json.bak": "{}", "metadata.jsonl": "{}" });
    const { subject } = await packInto(at.store, at.model);
    const { store } = await openLayout(at.store);
    expect((await fetchRelease(store, { digest: subject.digest })).form.files).toHaveLength(
      Object.keys(model).length + 4,
    );
  });

  test("MANIFEST_TOO_LARGE: thousands of small files, before one of them is read", async () => {
    await using at = await workbench();
    const { store, pool } = await openLayout(at.store);
    const before = await treeOf(at.store);
    const pack = (manifestBytes: number) =>
      packFormC({ ...releaseWithManifestOf(manifestBytes), metadata: releaseMetadata, store, pool, onBytes: () => {} });

    await expect(pack(maxManifestBytes + 1)).rejects.toMatchObject({
      code: "MANIFEST_TOO_LARGE",
      family: "configuration",
      message: "the manifest would have 4194305 bytes, 4194304 are allowed",
    });
    expect(await treeOf(at.store)).toEqual(before);
    // None of the files exists, and one byte less is what it takes to notice that.
    await expect(pack(maxManifestBytes)).rejects.toMatchObject({ kind: "changed", message: "it is gone" });
  });
});

/** More than 5 000 files that are not there, and facts, whose manifest would have exactly so many bytes. */
function releaseWithManifestOf(bytes: number): { files: FileToPack[]; facts: ReleaseFacts } {
  const identity = { device: 0n, inode: 0n, size: 0n, modified: 0n, changed: 0n };
  const files = (count: number): FileToPack[] =>
    Array.from({ length: count }, (_, n) => {
      const path = `${"directory/".repeat(10)}shard-${String(n).padStart(6, "0")}.bin`;
      return { path, source: "/nowhere", size: 0, executable: false, identity };
    });
  const factsOf = (spare: number): ReleaseFacts => ({ ...releaseFacts, description: "x".repeat(spare) });
  const measure = (count: number, spare = 0): number => {
    const metadata = { path: "metadata.json", executable: false, size: releaseMetadata.length };
    const packed = [...files(count), metadata].map((file) => ({ ...file, digest: digestOf(releaseMetadata) }));
    const layers = planLayers(packed, undefined);
    const config = encodeConfig(factsOf(spare), layers);
    const descriptor = { mediaType: modelPack.configType, digest: digestOf(config), size: config.length };
    return encodeFormC(factsOf(spare), descriptor, layers).length;
  };
  const layerBytes = measure(1_001) - measure(1_000);
  const count = 1_000 + Math.floor((bytes - measure(1_000)) / layerBytes) - 1;
  expect(count).toBeGreaterThan(5_000);
  return { files: files(count), facts: factsOf(bytes - measure(count)) };
}
