import { execFile } from "node:child_process";
import { cp, mkdir, open, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { promisify } from "node:util";
import { describe, expect, it, test } from "vitest";
import { announceSample, layoutAt, layoutOptions, storeAt } from "../../../test/support/layout.ts";
import { expectError } from "../../../test/support/refusal.ts";
import { type Temporary, temporaryDirectory } from "../../../test/support/temporary.ts";
import { treeOf } from "../../../test/support/tree.ts";
import { ownerToken, stagingName } from "../../content/index.ts";
import { LayoutStore } from "./layout-store.ts";

const marker = '{"imageLayoutVersion":"1.0.0"}';
const emptyIndex = '{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[]}';

const openAt = (directory: string): Promise<LayoutStore> => LayoutStore.open(layoutAt(directory), layoutOptions());

describe("a layout is made", () => {
  const beginnings: Record<string, (root: Temporary) => Promise<unknown>> = {
    "where nothing is": async () => {},
    "in an empty directory": (root) => mkdir(root.at("store")),
    "where only blobs are": (root) => mkdir(root.at("store/blobs/sha256"), { recursive: true }),
    "where only our own directory is": (root) => mkdir(root.at("store/.slipway"), { recursive: true }),
    "where only the marker lacks": async (root) => {
      await mkdir(root.at("store/blobs"), { recursive: true });
      await writeFile(root.at("store/index.json"), emptyIndex);
    },
    "in a directory behind a link": async (root) => {
      await mkdir(root.at("real"));
      await symlink("real", root.at("store"));
    },
  };

  test.each(Object.entries(beginnings))("%s", async (_, begin) => {
    await using root = await temporaryDirectory();
    await begin(root);
    await storeAt(root.at("store"));
    expect(await readFile(root.at("store/oci-layout"), "utf8")).toBe(marker);
    expect(await readFile(root.at("store/index.json"), "utf8")).toBe(emptyIndex);
    expect(await readdir(root.at("store/blobs/sha256"))).toEqual([]);
    expect(await readdir(root.at("store/.slipway"))).toEqual([]);
    expect(await (await openAt(root.at("store"))).list()).toEqual([]);
  });

  it("with all directories above it", async () => {
    await using root = await temporaryDirectory();
    await announceSample(await storeAt(root.at("a/b/store")), "v1");
    expect(await (await openAt(root.at("a/b/store"))).list()).toHaveLength(1);
  });

  it("once: opened again, nothing changes", async () => {
    await using root = await temporaryDirectory();
    await announceSample(await storeAt(root.at("store")), "v1");
    const before = await treeOf(root.path);
    await storeAt(root.at("store"));
    expect(await treeOf(root.path)).toEqual(before);
  });

  it("around what is there already: an index that lost its marker keeps its releases", async () => {
    await using root = await temporaryDirectory();
    const { digest } = await announceSample(await storeAt(root.at("store")), "v1");
    await rm(root.at("store/oci-layout"));
    await expectError("STORE_NOT_LAYOUT", () => openAt(root.at("store")));
    expect((await (await storeAt(root.at("store"))).resolve({ tag: "v1" })).digest).toBe(digest);
  });

  it("again usable after version control dropped its empty directories", async () => {
    await using root = await temporaryDirectory();
    await mkdir(root.at("store"));
    await writeFile(root.at("store/oci-layout"), marker);
    await writeFile(root.at("store/index.json"), emptyIndex);
    await announceSample(await storeAt(root.at("store")), "v1");
    expect(await (await openAt(root.at("store"))).list()).toHaveLength(1);
  });

  it("and rid of what killed processes left, but not of what living ones write", async () => {
    await using root = await temporaryDirectory();
    await storeAt(root.at("store"));
    const [place, pid, start] = ownerToken().split("-");
    const living = stagingName("ingest");
    await writeFile(root.at("store/.slipway", living), "");
    await writeFile(root.at("store/.slipway", `ingest.${place}-${pid}-${Number(start) + 1}.0123abcd`), "");
    await storeAt(root.at("store"));
    expect(await readdir(root.at("store/.slipway"))).toEqual([living]);
  });
});

describe("nothing is written into", () => {
  const occupied: Record<string, (root: Temporary) => Promise<unknown>> = {
    "a directory that holds other files": async (root) => {
      await mkdir(root.at("store"));
      await writeFile(root.at("store/README.md"), "mine");
    },
    "a directory that holds other files beside parts of a layout": async (root) => {
      await mkdir(root.at("store/blobs"), { recursive: true });
      await writeFile(root.at("store/.gitignore"), "mine");
    },
    "a file": (root) => writeFile(root.at("store"), "mine"),
  };

  test.each(Object.entries(occupied))("%s", async (_, occupy) => {
    await using root = await temporaryDirectory();
    await occupy(root);
    const before = await treeOf(root.path);
    const error = await expectError("STORE_NOT_LAYOUT", () => storeAt(root.at("store")));
    expect(error.family).toBe("configuration");
    expect(error.message).toContain(root.at("store"));
    await expectError("STORE_NOT_LAYOUT", () => openAt(root.at("store")));
    expect(await treeOf(root.path)).toEqual(before);
  });

  it("a path below a file", async () => {
    await using root = await temporaryDirectory();
    await writeFile(root.at("file"), "");
    await expectError("STORE_NOT_LAYOUT", () => storeAt(root.at("file/store")));
  });

  it("a place that no file system has", async () => {
    await using root = await temporaryDirectory();
    const directory = root.at("a".repeat(300));
    expect((await expectError("STORE_UNREADABLE", () => storeAt(directory))).family).toBe("configuration");
    await symlink("loop", root.at("loop"));
    await expectError("STORE_UNREADABLE", () => storeAt(root.at("loop")));
  });

  it("a directory whose blobs are a file", async () => {
    await using root = await temporaryDirectory();
    await mkdir(root.at("store"));
    await writeFile(root.at("store/blobs"), "mine");
    await expectError("STORE_UNREADABLE", () => storeAt(root.at("store")));
    expect(await readdir(root.at("store"))).toEqual(["blobs"]);
  });
});

describe("opening for reading", () => {
  it("makes nothing", async () => {
    await using root = await temporaryDirectory();
    await expectError("STORE_NOT_FOUND", () => openAt(root.at("store")));
    expect(await readdir(root.path)).toEqual([]);
    await mkdir(root.at("store"));
    await expectError("STORE_NOT_LAYOUT", () => openAt(root.at("store")));
    expect(await readdir(root.at("store"))).toEqual([]);
  });
});

describe("a damaged file is noticed, and before anything is written", () => {
  const entry = `{"mediaType":"text/plain","digest":"sha256:${"a".repeat(64)}","size":1}`;
  const index = (manifests: string, more = ""): string => `{"schemaVersion":2,"manifests":[${manifests}]${more}}`;
  const damages: [file: string, what: string, content: string | Uint8Array][] = [
    ["oci-layout", "empty", ""],
    ["oci-layout", "cut", marker.slice(0, -1)],
    ["oci-layout", "another version", '{"imageLayoutVersion":"1.0.1"}'],
    ["oci-layout", "another member", '{"imageLayoutVersion":"1.0.0","x":1}'],
    ["oci-layout", "a text", '"1.0.0"'],
    ["oci-layout", "too large", marker + " ".repeat(5000)],
    ["oci-layout", "not UTF-8", Buffer.from([0xff])],
    ["index.json", "empty", ""],
    ["index.json", "cut", emptyIndex.slice(0, -1)],
    ["index.json", "zeros", "\0".repeat(100)],
    ["index.json", "null", "null"],
    ["index.json", "a list", "[]"],
    ["index.json", "no entries", '{"schemaVersion":2}'],
    ["index.json", "schema version 1", '{"schemaVersion":1,"manifests":[]}'],
    ["index.json", "a manifest's media type", index("", ',"mediaType":"application/vnd.oci.image.manifest.v1+json"')],
    ["index.json", "an unknown member", index("", ',"manifest":[]')],
    ["index.json", "an unknown member of an entry", index(entry.replace("}", ',"artifacttype":"a/b"}'))],
    ["index.json", "an entry without a digest", index('{"mediaType":"text/plain","size":1}')],
    ["index.json", "an entry with a digest that leaves the directory", index(entry.replace("a".repeat(64), "../x"))],
    ["index.json", "an entry with sha512", index(entry.replace("sha256", "sha512"))],
    ["index.json", "an entry with a negative size", index(entry.replace('"size":1', '"size":-1'))],
    ["index.json", "a tag that is a number", index(entry.replace("}", ',"annotations":{"a":1}}'))],
    [
      "index.json",
      "a byte that is not UTF-8",
      Buffer.concat([
        Buffer.from('{"schemaVersion":2,"manifests":[],"annotations":{"a":"'),
        Buffer.from([0xe9]),
        Buffer.from('"}}'),
      ]),
    ],
  ];

  test.each(damages)("%s: %s", async (file, _, content) => {
    await using root = await temporaryDirectory();
    await storeAt(root.at("store"));
    await writeFile(root.at("store", file), content);
    const before = await treeOf(root.path);
    const error = await expectError("STORE_CORRUPT", () => storeAt(root.at("store")));
    expect(error.message).toContain(file);
    expect(error.message).toContain(root.at("store"));
    expect(error.message.length).toBeLessThan(500);
    expect(error.family).toBe("refused");
    await expectError("STORE_CORRUPT", async () => (await openAt(root.at("store"))).list());
    expect(await treeOf(root.path)).toEqual(before);
  });

  it("index.json that is gone", async () => {
    await using root = await temporaryDirectory();
    await storeAt(root.at("store"));
    await rm(root.at("store/index.json"));
    expect((await expectError("STORE_CORRUPT", () => storeAt(root.at("store")))).message).toContain("no index.json");
    expect(await readdir(root.at("store"))).not.toContain("index.json");
  });

  it("index.json larger than 16 MiB is not read into memory", async () => {
    await using root = await temporaryDirectory();
    await storeAt(root.at("store"));
    await using file = await open(root.at("store/index.json"), "r+");
    await file.truncate(64 * 1024 ** 3);
    await expectError("STORE_CORRUPT", () => storeAt(root.at("store")));
  });

  test.each(["oci-layout", "index.json", ".slipway/announced"])(
    "%s that is a pipe: nobody waits for its other end",
    { timeout: 5000 },
    async (file) => {
      await using root = await temporaryDirectory();
      const store = await storeAt(root.at("store"));
      await rm(root.at("store", file), { force: true });
      await promisify(execFile)("mkfifo", [root.at("store", file)]);
      if (file === "oci-layout") await expectError("STORE_CORRUPT", () => openAt(root.at("store")));
      else await expectError("STORE_CORRUPT", () => announceSample(store, "v1"));
    },
  );

  test.each(["oci-layout", "index.json"])("%s that is a directory, or leads to a device", async (file) => {
    await using root = await temporaryDirectory();
    await storeAt(root.at("store"));
    await rm(root.at("store", file));
    await mkdir(root.at("store", file));
    await expectError("STORE_CORRUPT", () => storeAt(root.at("store")));
    await rm(root.at("store", file), { recursive: true });
    await symlink("/dev/zero", root.at("store", file));
    await expectError("STORE_CORRUPT", () => storeAt(root.at("store")));
  });
});

it("what other tools write by the specification is read", async () => {
  await using root = await temporaryDirectory();
  const { digest } = await announceSample(await storeAt(root.at("store")), "v1");
  const { size } = await stat(root.at("store/blobs/sha256", digest.slice(7)));
  const entry = {
    mediaType: "application/vnd.oci.image.manifest.v1+json",
    digest,
    size,
    platform: { architecture: "amd64", os: "linux", "os.features": ["x"] },
    urls: ["https://example.com"],
    data: "e30=",
    annotations: { "org.opencontainers.image.ref.name": "theirs", "io.containerd.image.name": "x" },
  };
  const index = { schemaVersion: 2, artifactType: "a/b", manifests: [entry], subject: entry, annotations: { a: "b" } };
  await writeFile(root.at("store/index.json"), `${JSON.stringify(index, null, 2)}\n`);
  const store = await openAt(root.at("store"));
  expect(await store.resolve({ tag: "theirs" })).toEqual({ mediaType: entry.mediaType, digest, size });
  // And is kept when we add to it.
  await announceSample(await storeAt(root.at("store")), "ours");
  const after = JSON.parse(await readFile(root.at("store/index.json"), "utf8"));
  expect(after.manifests[0]).toEqual(entry);
  expect({ ...after, manifests: undefined }).toEqual({ ...index, manifests: undefined });
});

it("a copy of a layout is a layout", async () => {
  await using root = await temporaryDirectory();
  const { digest } = await announceSample(await storeAt(root.at("store")), "v1");
  await cp(root.at("store"), root.at("copy"), { recursive: true });
  expect((await (await storeAt(root.at("copy"))).resolve({ tag: "v1" })).digest).toBe(digest);
});
