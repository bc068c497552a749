import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { describe, expect, it, test } from "vitest";
import { runFile, startFile } from "../../../test/support/child.ts";
import { announceSample, layoutAt, layoutOptions, manifestOf, storeAt } from "../../../test/support/layout.ts";
import { expectError, thrownBy } from "../../../test/support/refusal.ts";
import { type Temporary, temporaryDirectory } from "../../../test/support/temporary.ts";
import { treeOf } from "../../../test/support/tree.ts";
import { digestOf } from "../digest.ts";
import { annotation, mediaType } from "../media-types.ts";
import { LayoutStore } from "./layout-store.ts";

describe("announcing", () => {
  it("makes a manifest known by tag and digest, to every other process, with its artifact type", async () => {
    await using root = await temporaryDirectory();
    const announced = await announceSample(await storeAt(root.at("store")), "1.0.0-jetson");
    const bytes = manifestOf("1.0.0-jetson");
    expect(announced).toEqual({
      mediaType: mediaType.manifest,
      digest: digestOf(bytes),
      size: bytes.length,
      artifactType: "application/vnd.example.model",
    });
    const other = await LayoutStore.open(layoutAt(root.at("store")), layoutOptions());
    expect(await other.resolve({ tag: "1.0.0-jetson" })).toEqual(announced);
    expect(await other.resolve({ digest: announced.digest })).toEqual(announced);
    expect(Buffer.from(await other.fetch(announced, 10_000))).toEqual(Buffer.from(bytes));
    expect(await other.announced()).toEqual(new Map([["1.0.0-jetson", announced.digest]]));
    expect(await readdir(root.at("store/.slipway"))).toEqual(["announced", "lock.1"]);
  });

  it("an index too", async () => {
    await using root = await temporaryDirectory();
    const store = await storeAt(root.at("store"));
    const entry = await announceSample(store, "1.0.0-jetson");
    const index = {
      schemaVersion: 2,
      mediaType: mediaType.index,
      artifactType: "application/vnd.example.release",
      manifests: [entry],
    };
    const bytes = new TextEncoder().encode(JSON.stringify(index));
    const announced = await store.announce(bytes, mediaType.index, "1.0.0");
    expect(announced).toMatchObject({
      mediaType: mediaType.index,
      artifactType: index.artifactType,
      digest: digestOf(bytes),
    });
    expect((await store.list()).map(({ tag }) => tag)).toEqual(["1.0.0-jetson", "1.0.0"]);
  });

  it("the same again is success and changes no byte and no time", async () => {
    await using root = await temporaryDirectory();
    const first = await announceSample(await storeAt(root.at("store")), "v1");
    const before = await treeOf(root.path);
    const { mtimeNs } = await stat(root.at("store/index.json"), { bigint: true });
    expect(await announceSample(await storeAt(root.at("store")), "v1")).toEqual(first);
    expect(await treeOf(root.path)).toEqual(before);
    expect((await stat(root.at("store/index.json"), { bigint: true })).mtimeNs).toBe(mtimeNs);
  });

  it("one manifest under several tags", async () => {
    await using root = await temporaryDirectory();
    const store = await storeAt(root.at("store"));
    const manifest = manifestOf("v1");
    for (const tag of ["v1", "latest", "stable"]) await store.announce(manifest, mediaType.manifest, tag);
    const entries = await store.list();
    expect(entries.map(({ tag }) => tag)).toEqual(["v1", "latest", "stable"]);
    expect(new Set(entries.map(({ descriptor }) => descriptor.digest)).size).toBe(1);
  });

  it("an untagged entry of the same digest, as other tools write it, gets the tag and keeps its annotations", async () => {
    await using root = await temporaryDirectory();
    const store = await storeAt(root.at("store"));
    await announceSample(store, "v1");
    await editIndex(root, (entries) => {
      entries[0] = { ...entries[0], annotations: { "com.example.kept": "yes" } };
    });
    await announceSample(store, "v1");
    const entries = await entriesOf(root);
    expect(entries).toHaveLength(1);
    expect(entries[0]?.annotations).toEqual({ "com.example.kept": "yes", [annotation.refName]: "v1" });
  });
});

describe("is refused, and nothing changes", () => {
  it("other content under a tag", async () => {
    await using root = await temporaryDirectory();
    const store = await storeAt(root.at("store"));
    const { digest } = await announceSample(store, "v1");
    const before = await treeOf(root.path);
    const error = await expectError("IMMUTABLE_CONFLICT", () => announceSample(store, "v1", { note: "other" }));
    expect(error.family).toBe("refused");
    expect(error.message).toContain(`${root.at("store")}:v1 already holds ${digest}`);
    expect(error.message).toContain(digestOf(manifestOf("v1", { note: "other" })));
    expect(await treeOf(root.path)).toEqual(before);
  });

  it("other content under a tag that index.json has lost", async () => {
    await using root = await temporaryDirectory();
    const store = await storeAt(root.at("store"));
    const { digest } = await announceSample(store, "v1");
    await editIndex(root, (entries) => entries.splice(0));
    const before = await treeOf(root.path);
    const error = await expectError("IMMUTABLE_CONFLICT", () => announceSample(store, "v1", { note: "other" }));
    expect(error.message).toContain(digest);
    expect(error.remedy).toContain(".slipway/announced");
    expect(await treeOf(root.path)).toEqual(before);
    // The same content brings the tag back.
    expect((await announceSample(store, "v1")).digest).toBe(digest);
  });

  test.each(["", "a b", "v1\n", "../x", "v1+build", ".v1", "t".repeat(129)])("the tag %j", async (tag) => {
    await using root = await temporaryDirectory();
    const store = await storeAt(root.at("store"));
    const before = await treeOf(root.path);
    await expectError("REFERENCE_INVALID", () => store.announce(manifestOf("v1"), mediaType.manifest, tag));
    expect(await treeOf(root.path)).toEqual(before);
  });

  test.each<[string, Uint8Array, string]>([
    ["that is none", new TextEncoder().encode("{}"), mediaType.manifest],
    [
      "that is an index and was called a manifest",
      new TextEncoder().encode('{"schemaVersion":2,"manifests":[]}'),
      mediaType.manifest,
    ],
    ["that was called an index", manifestOf("v1"), mediaType.index],
    ["larger than 4 MiB", Buffer.alloc(4 * 1024 * 1024 + 1, " "), mediaType.manifest],
  ])("a manifest %s", async (_, bytes, type) => {
    await using root = await temporaryDirectory();
    const store = await storeAt(root.at("store"));
    const before = await treeOf(root.path);
    await expectError("MANIFEST_INVALID", () => store.announce(bytes, type, "v1"));
    expect(await treeOf(root.path)).toEqual(before);
  });

  it("a manifest whose place another file of the same size takes", async () => {
    await using root = await temporaryDirectory();
    const store = await storeAt(root.at("store"));
    const bytes = manifestOf("v1");
    await writeFile(root.at("store/blobs/sha256", digestOf(bytes).slice(7)), Buffer.alloc(bytes.length));
    const before = await treeOf(root.path);
    await expectError("STORE_CORRUPT", () => store.announce(bytes, mediaType.manifest, "v1"));
    expect(await treeOf(root.path)).toEqual(before);
  });

  it("one more entry than index.json could be read back with", { timeout: 20_000 }, async () => {
    await using root = await temporaryDirectory();
    const store = await storeAt(root.at("store"));
    await announceSample(store, "v1");
    await editIndex(root, (entries) => {
      entries.push({ ...entries[0], annotations: { pad: "" } });
      const length =
        16 * 1024 * 1024 - JSON.stringify({ schemaVersion: 2, mediaType: mediaType.index, manifests: entries }).length;
      entries[1] = { ...entries[0], annotations: { pad: "x".repeat(length) } };
    });
    expect(await store.list()).toHaveLength(2);
    const index = await readFile(root.at("store/index.json"));
    const error = await expectError("MANIFEST_TOO_LARGE", () => announceSample(store, "v2"));
    expect(error.remedy).toContain("another directory");
    expect((await readFile(root.at("store/index.json"))).equals(index)).toBe(true);
    expect(await store.list()).toHaveLength(2);
  });

  it("when the run was stopped, with the stop's reason", async () => {
    await using root = await temporaryDirectory();
    const abort = new AbortController();
    const store = await storeAt(root.at("store"), { signal: abort.signal });
    const reason = new Error("stopped");
    abort.abort(reason);
    expect(await thrownBy(() => announceSample(store, "v1"))).toBe(reason);
    expect(await store.list()).toEqual([]);
  });
});

describe("with other processes", { timeout: 60_000 }, () => {
  it("one that holds the lock: STORE_BUSY after the patience, and nothing is tagged", async () => {
    await using root = await temporaryDirectory();
    const store = await storeAt(root.at("store"), { patience: 100 });
    await using holder = startFile(new URL("./fixtures/lock-process.ts", import.meta.url), [
      "hold",
      root.at("store/.slipway"),
    ]);
    await holder.line();
    expect((await expectError("STORE_BUSY", () => announceSample(store, "v1"))).family).toBe("temporary");
    expect(await store.list()).toEqual([]);
    holder.process.kill("SIGKILL");
    await holder.ended;
    expect(await announceSample(store, "v1")).toMatchObject({ digest: digestOf(manifestOf("v1")) });
  });

  it("that make the same layout and announce in it at once: nothing is lost, 30 times", async () => {
    await using root = await temporaryDirectory();
    const [rounds, names] = [30, ["a", "b"]];
    const program = new URL("./fixtures/announce-process.ts", import.meta.url);
    await Promise.all(names.map((name) => runFile(program, [root.path, name, String(rounds), String(names.length)])));
    for (let round = 0; round < rounds; round += 1) {
      const store = await storeAt(root.at(`store-${round}`));
      const tags = (await store.list()).map(({ tag }) => tag);
      expect(tags.sort()).toEqual(["a-first", "a-second", "b-first", "b-second", "common"]);
      expect([...(await store.announced()).keys()].sort()).toEqual(tags);
      for (const tag of tags) await store.fetch(await store.resolve({ tag }), 10_000);
      const left = await readdir(root.at(`store-${round}`, ".slipway"));
      expect(left.filter((name) => name !== "announced")).toHaveLength(1);
    }
  });
});

interface Entry {
  readonly annotations?: Record<string, string>;
}

async function entriesOf(root: Temporary): Promise<Entry[]> {
  return JSON.parse(await readFile(root.at("store/index.json"), "utf8")).manifests;
}

async function editIndex(root: Temporary, edit: (entries: Entry[]) => void): Promise<void> {
  const index = JSON.parse(await readFile(root.at("store/index.json"), "utf8"));
  edit(index.manifests);
  await writeFile(root.at("store/index.json"), JSON.stringify(index));
}
