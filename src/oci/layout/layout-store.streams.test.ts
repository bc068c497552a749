import { mkdir, readdir, readFile, rm, stat, truncate, writeFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { storeAt } from "../../../test/support/layout.ts";
import { expectError, thrownBy } from "../../../test/support/refusal.ts";
import { type Temporary, temporaryDirectory } from "../../../test/support/temporary.ts";
import { digestOf, hexOf } from "../digest.ts";
import type { BlobSource } from "../store.ts";

const content = Buffer.from(Array.from({ length: 1_500_001 }, (_, at) => at % 251));
const descriptor = { mediaType: "x/y", digest: digestOf(content), size: content.length };

/** The content in pieces, or other pieces in its place. */
function sourceOf(pieces: (from: number) => AsyncIterable<Uint8Array> = inPieces): BlobSource {
  return { ...descriptor, open: pieces };
}

async function* inPieces(from: number) {
  for (let at = from; at < content.length; at += 100_000)
    yield content.subarray(at, Math.min(at + 100_000, content.length));
}

const blob = (root: Temporary): string => root.at("store/blobs/sha256", hexOf(descriptor.digest));

describe("a blob that comes into a layout", () => {
  it("is there once it is whole, and not taken again", async () => {
    await using root = await temporaryDirectory();
    const store = await storeAt(root.at("store"));
    let moved = 0;
    const push = () =>
      store.pushBlob(sourceOf(), (bytes) => {
        moved += bytes;
      });
    expect(await push()).toBe("sent");
    expect(moved).toBe(content.length);
    expect((await readFile(blob(root))).equals(content)).toBe(true);
    expect((await stat(blob(root))).mode & 0o777).toBe(0o644);
    expect(await push()).toBe("present");
    expect(moved).toBe(content.length);
  });

  it.each<[string, (from: number) => AsyncIterable<Uint8Array>]>([
    [
      "other content",
      async function* () {
        yield Buffer.alloc(content.length);
      },
    ],
    [
      "less",
      async function* () {
        yield content.subarray(0, 100);
      },
    ],
    [
      "more",
      async function* () {
        yield content;
        yield content.subarray(0, 1);
      },
    ],
  ])("leaves nothing when it is %s", async (_, pieces) => {
    await using root = await temporaryDirectory();
    const store = await storeAt(root.at("store"));
    await expectError("STORE_CORRUPT", () => store.pushBlob(sourceOf(pieces), () => {}));
    expect(await readdir(root.at("store/blobs/sha256"))).toEqual([]);
    expect(await readdir(root.at("store/.slipway"))).toEqual([]);
  });

  it("leaves nothing when its source fails, whose failure it is", async () => {
    await using root = await temporaryDirectory();
    const store = await storeAt(root.at("store"));
    const failing = async function* () {
      yield content.subarray(0, 100);
      throw new Error("the source broke");
    };
    expect(await thrownBy(() => store.pushBlob(sourceOf(failing), () => {}))).toMatchObject({
      message: "the source broke",
    });
    expect(await readdir(root.at("store/.slipway"))).toEqual([]);
  });

  it("is written beside, and in one piece by the last of two that write it", async () => {
    await using root = await temporaryDirectory();
    const store = await storeAt(root.at("store"));
    const arrivals = await Promise.all([1, 2, 3].map(() => store.pushBlob(sourceOf(), () => {})));
    expect(arrivals).toContain("sent");
    expect((await readFile(blob(root))).equals(content)).toBe(true);
  });
});

describe("a blob of a layout that is read", () => {
  it.each([0, 1, 262_144, 1_500_000, 1_500_001])("comes from byte %i on", async (from) => {
    await using root = await temporaryDirectory();
    const store = await storeAt(root.at("store"));
    await store.pushBlob(sourceOf(), () => {});
    const read: Buffer[] = [];
    for await (const piece of store.read(descriptor, from)) read.push(Buffer.from(piece));
    expect(Buffer.concat(read).equals(content.subarray(from))).toBe(true);
  });

  it.each<[string, (root: Temporary) => Promise<unknown>]>([
    ["missing", (root) => rm(blob(root))],
    ["cut off", (root) => truncate(blob(root), 10)],
    ["a directory", (root) => rm(blob(root)).then(() => mkdir(blob(root)))],
    ["longer", (root) => writeFile(blob(root), "more", { flag: "a" })],
  ])("is refused when it is %s", async (_, harm) => {
    await using root = await temporaryDirectory();
    const store = await storeAt(root.at("store"));
    await store.pushBlob(sourceOf(), () => {});
    await harm(root);
    await expectError("STORE_CORRUPT", async () => {
      for await (const _piece of store.read(descriptor, 0));
    });
  });
});
