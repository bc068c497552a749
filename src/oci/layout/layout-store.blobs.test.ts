import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
  appendFile,
  lstat,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  truncate,
  writeFile,
} from "node:fs/promises";
import { promisify } from "node:util";
import { describe, expect, it, test } from "vitest";
import { layoutOptions, storeAt } from "../../../test/support/layout.ts";
import { expectError, thrownBy } from "../../../test/support/refusal.ts";
import { type Temporary, temporaryDirectory } from "../../../test/support/temporary.ts";
import { treeOf } from "../../../test/support/tree.ts";
import { type ContentPool, identityOf } from "../../content/index.ts";
import { digestOf, hexOf } from "../digest.ts";
import type { Descriptor } from "../manifest.ts";
import type { FileSource } from "../store.ts";

const MiB = 1024 * 1024;
const noBytes = (): void => {};
const blobOf = (root: Temporary, { digest }: Pick<Descriptor, "digest">): string =>
  root.at("store/blobs/sha256", hexOf(digest));

describe("a blob that is not what its digest says is refused, and its copy is removed", () => {
  const harms: Record<string, (path: string, root: Temporary) => Promise<unknown>> = {
    "changed in its first byte": (path) => writeFile(path, "Content", { flag: "r+" }),
    "changed in its last byte": (path) => writeFile(path, "contenT", { flag: "r+" }),
    truncated: (path) => truncate(path, 6),
    emptied: (path) => truncate(path, 0),
    padded: (path) => appendFile(path, "\n"),
    missing: (path) => rm(path),
    "a directory": async (path) => {
      await rm(path);
      await mkdir(path);
    },
    "a pipe": async (path) => {
      await rm(path);
      await promisify(execFile)("mkfifo", [path]);
    },
    "a link to nothing": async (path) => {
      await rm(path);
      await symlink("nothing", path);
    },
    "a link to a device": async (path) => {
      await rm(path);
      await symlink("/dev/zero", path);
    },
  };

  test.each(Object.entries(harms))("%s", { timeout: 5000 }, async (_, harm) => {
    await using root = await temporaryDirectory();
    const store = await storeAt(root.at("store"));
    const blob = await store.push("text/plain", Buffer.from("content"));
    await harm(blobOf(root, blob), root);
    const errors = [
      await expectError("STORE_CORRUPT", () => store.fetch(blob, 100)),
      await expectError("STORE_CORRUPT", () => store.pullFile(blob, root.at("target"), 0o644, noBytes)),
    ];
    for (const { message } of errors) expect(message).toContain(blob.digest);
    expect(await readdir(root.path)).toEqual(["store"]);
  });

  it("changed in a large one, which a thread copies", async () => {
    await using root = await temporaryDirectory();
    await using pool = openPool();
    const store = await storeAt(root.at("store"), { pool });
    const bytes = Buffer.alloc(20 * MiB);
    const blob = await store.push("text/plain", bytes);
    await writeFile(blobOf(root, blob), "x", { flag: "r+" });
    await expectError("STORE_CORRUPT", () => store.pullFile(blob, root.at("target"), 0o644, noBytes));
    expect(await readdir(root.path)).toEqual(["store"]);
  });

  it("a descriptor with another size", async () => {
    await using root = await temporaryDirectory();
    const store = await storeAt(root.at("store"));
    const blob = await store.push("text/plain", Buffer.from("content"));
    for (const size of [0, 6, 8]) {
      await expectError("STORE_CORRUPT", () => store.fetch({ ...blob, size }, 100));
      await expectError("STORE_CORRUPT", () => store.pullFile({ ...blob, size }, root.at("target"), 0o644, noBytes));
    }
  });

  it("larger than the caller allows: nothing is read", async () => {
    await using root = await temporaryDirectory();
    const store = await storeAt(root.at("store"));
    const blob = await store.push("text/plain", Buffer.from("content"));
    expect(await store.fetch(blob, 7)).toHaveLength(7);
    await expectError("STORE_CORRUPT", () => store.fetch(blob, 6));
    await expectError("STORE_CORRUPT", () => store.fetch({ ...blob, size: 2 ** 50 }, 2 ** 51));
  });
});

describe("pullFile", () => {
  it.each([0, 7, 20 * MiB])(
    "copies %i bytes with the mode that is asked for, and tells of every byte",
    async (size) => {
      await using root = await temporaryDirectory();
      await using pool = openPool();
      const store = await storeAt(root.at("store"), { pool });
      const bytes = randomBytes(size);
      const blob = await store.push("text/plain", bytes);
      let told = 0;
      await store.pullFile(blob, root.at("target"), 0o755, (count) => {
        told += count;
      });
      expect((await readFile(root.at("target"))).equals(bytes)).toBe(true);
      expect((await stat(root.at("target"))).mode & 0o777).toBe(0o755 & ~process.umask());
      expect(told).toBe(size);
    },
  );

  it("never replaces a file: that failure is the target's", async () => {
    await using root = await temporaryDirectory();
    const store = await storeAt(root.at("store"));
    const blob = await store.push("text/plain", Buffer.from("content"));
    await writeFile(root.at("target"), "precious");
    const failure = await thrownBy(() => store.pullFile(blob, root.at("target"), 0o644, noBytes));
    expect(failure).toMatchObject({ name: "ContentError", kind: "unwritable" });
    expect(await readFile(root.at("target"), "utf8")).toBe("precious");
  });

  it("is not disturbed when another process stores the same content meanwhile", async () => {
    await using root = await temporaryDirectory();
    await using pool = openPool();
    const store = await storeAt(root.at("store"), { pool });
    const bytes = Buffer.alloc(64 * MiB);
    const blob = await store.push("text/plain", bytes);
    await writeFile(root.at("again"), bytes);
    const begun = Promise.withResolvers<void>();
    const pulled = store.pullFile(blob, root.at("target"), 0o644, () => begun.resolve());
    await begun.promise;
    await rename(root.at("again"), blobOf(root, blob));
    await pulled;
    expect((await stat(root.at("target"))).size).toBe(bytes.length);
  });
});

describe("pushFile", () => {
  it.each([0, 7, MiB, 20 * MiB])(
    "stores %i bytes as a blob that everybody may read, and leaves no draft",
    async (size) => {
      await using root = await temporaryDirectory();
      await using pool = openPool();
      const store = await storeAt(root.at("store"), { pool });
      const bytes = randomBytes(size);
      const source = await sourceOf(root, "file", bytes);
      let told = 0;
      const pushed = await store.pushFile(source, (count) => {
        told += count;
      });
      expect(pushed).toEqual({ digest: digestOf(bytes), size, reused: false });
      expect(told).toBe(size);
      expect((await readFile(blobOf(root, pushed))).equals(bytes)).toBe(true);
      expect((await stat(blobOf(root, pushed))).mode & 0o777).toBe(0o644 & ~process.umask());
      expect(await readdir(root.at("store/.slipway"))).toEqual([]);
    },
  );

  it("writes the same content once, in one run and in the next", async () => {
    await using root = await temporaryDirectory();
    const first = await storeAt(root.at("store"));
    const pushed = await first.pushFile(await sourceOf(root, "a", "content"), noBytes);
    const { ino } = await lstat(blobOf(root, pushed));
    const source = await sourceOf(root, "b", "content");
    for (const store of [first, await storeAt(root.at("store"))]) {
      let told = 0;
      const again = await store.pushFile(source, (count) => {
        told += count;
      });
      expect(again).toEqual({ ...pushed, reused: true });
      expect(told).toBe(7);
    }
    expect((await lstat(blobOf(root, pushed))).ino).toBe(ino);
  });

  it("stores other content of the same size, and tells of its bytes once", async () => {
    await using root = await temporaryDirectory();
    const store = await storeAt(root.at("store"));
    await store.pushFile(await sourceOf(root, "a", "content"), noBytes);
    let told = 0;
    const pushed = await store.pushFile(await sourceOf(root, "b", "CONTENT"), (count) => {
      told += count;
    });
    expect(pushed).toEqual({ digest: digestOf("CONTENT"), size: 7, reused: false });
    expect(told).toBe(7);
    expect(await readdir(root.at("store/blobs/sha256"))).toHaveLength(2);
  });

  it("finds content that was pushed from memory, or by another process, before it hashed", async () => {
    await using root = await temporaryDirectory();
    const [mine, theirs] = [await storeAt(root.at("store")), await storeAt(root.at("store"))];
    await mine.push("text/plain", Buffer.from("content"));
    expect((await mine.pushFile(await sourceOf(root, "a", "content"), noBytes)).reused).toBe(true);
    // A size that came later is not known, which costs a second write and nothing else.
    await theirs.push("text/plain", Buffer.from("more content"));
    expect((await mine.pushFile(await sourceOf(root, "b", "more content"), noBytes)).digest).toBe(
      digestOf("more content"),
    );
    expect(await readdir(root.at("store/blobs/sha256"))).toHaveLength(2);
  });

  it("of one content from many places at once", async () => {
    await using root = await temporaryDirectory();
    const stores = await Promise.all([storeAt(root.at("store")), storeAt(root.at("store"))]);
    const source = await sourceOf(root, "a", "content");
    const pushes = Array.from({ length: 20 }, (_, index) => stores[index % 2]?.pushFile(source, noBytes));
    for (const pushed of await Promise.all(pushes)) expect(pushed?.digest).toBe(digestOf("content"));
    expect(await readdir(root.at("store/blobs/sha256"))).toEqual([hexOf(digestOf("content"))]);
    expect(await readdir(root.at("store/.slipway"))).toEqual([]);
  });

  it("mends a blob that was cut", async () => {
    await using root = await temporaryDirectory();
    const source = await sourceOf(root, "a", "content");
    const pushed = await (await storeAt(root.at("store"))).pushFile(source, noBytes);
    await truncate(blobOf(root, pushed), 3);
    expect((await (await storeAt(root.at("store"))).pushFile(source, noBytes)).reused).toBe(false);
    expect(await readFile(blobOf(root, pushed), "utf8")).toBe("content");
  });

  it("refuses a source that changed since it was listed, as the source's failure, and stores nothing", async () => {
    await using root = await temporaryDirectory();
    const store = await storeAt(root.at("store"));
    const source = await sourceOf(root, "a", "content");
    await writeFile(source.path, "CONTENT");
    const before = await treeOf(root.path);
    const failure = await thrownBy(() => store.pushFile(source, noBytes));
    expect(failure).toMatchObject({ name: "ContentError", kind: "changed", task: { source: source.path } });
    // Again when its size is known, so that it is hashed first.
    await store.push("text/plain", Buffer.from("another"));
    expect(await thrownBy(() => store.pushFile(source, noBytes))).toMatchObject({ kind: "changed" });
    await rm(root.at("store/blobs/sha256", hexOf(digestOf("another"))));
    expect(await treeOf(root.path)).toEqual(before);
  });

  it("stopped in the middle of a large file leaves neither blob nor draft", async () => {
    await using root = await temporaryDirectory();
    const abort = new AbortController();
    await using pool = openPool(abort.signal);
    const store = await storeAt(root.at("store"), { pool, signal: abort.signal });
    const source = await sourceOf(root, "large", "");
    await truncate(source.path, 8 * 1024 * MiB);
    const begun = Promise.withResolvers<void>();
    const listed = await identified(source.path);
    const failure = thrownBy(() => store.pushFile(listed, () => begun.resolve()));
    await begun.promise;
    const reason = new Error("stopped");
    abort.abort(reason);
    expect(await failure).toBe(reason);
    expect(await readdir(root.at("store/blobs/sha256"))).toEqual([]);
    expect(await readdir(root.at("store/.slipway"))).toEqual([]);
  });
});

describe("push", () => {
  it("writes content once, and leaves what is there alone", async () => {
    await using root = await temporaryDirectory();
    const store = await storeAt(root.at("store"));
    const blob = await store.push("text/plain", Buffer.from("content"));
    const { ino } = await lstat(blobOf(root, blob));
    expect(await store.push("text/html", Buffer.from("content"))).toEqual({ ...blob, mediaType: "text/html" });
    expect((await lstat(blobOf(root, blob))).ino).toBe(ino);
    expect(await store.exists(blob.digest, 7)).toBe(true);
    expect(await store.exists(blob.digest, 8)).toBe(false);
    expect(await store.exists(digestOf("other"), 5)).toBe(false);
    expect(await readdir(root.at("store/.slipway"))).toEqual([]);
  });
});

function openPool(signal: AbortSignal = new AbortController().signal): ContentPool {
  return layoutOptions({ signal }).pool;
}

async function sourceOf(root: Temporary, name: string, content: string | Buffer): Promise<FileSource> {
  await writeFile(root.at(name), content);
  return identified(root.at(name));
}

async function identified(path: string): Promise<FileSource> {
  return { path, identity: identityOf(await lstat(path, { bigint: true })) };
}
