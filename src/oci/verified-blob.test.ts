import { describe, expect, it } from "vitest";
import { expectError } from "../../test/support/refusal.ts";
import { digestOf } from "./digest.ts";
import { VerifiedBlob } from "./verified-blob.ts";

const content = Buffer.from("0123456789");

/** A blob whose source gives pieces of so many bytes, of other content if need be. */
function blobOf(given: Buffer = content, pieceSize = 3, size = content.length) {
  let counted = 0;
  const source = {
    digest: digestOf(content),
    size,
    async *open(from: number) {
      for (let at = from; at < given.length; at += pieceSize) yield given.subarray(at, at + pieceSize);
    },
  };
  const blob = new VerifiedBlob(source, (bytes) => {
    counted += bytes;
  });
  return { blob, counted: () => counted };
}

async function read(pieces: AsyncIterable<Uint8Array>, most = Number.POSITIVE_INFINITY): Promise<string> {
  let text = "";
  for await (const piece of pieces) {
    text += Buffer.from(piece).toString();
    if (text.length >= most) break;
  }
  return text;
}

describe("a blob that is verified on its way", () => {
  it.each([1, 3, 10, 100])("passes whole in pieces of %i bytes", async (pieceSize) => {
    const { blob, counted } = blobOf(content, pieceSize);
    expect(await read(blob.open(0))).toBe("0123456789");
    expect(counted()).toBe(10);
  });

  it("passes again, and from where it was left, and each byte counts once", async () => {
    const { blob, counted } = blobOf();
    expect(await read(blob.open(0), 6)).toBe("012345");
    expect(await read(blob.open(4))).toBe("456789");
    expect(await read(blob.open(0))).toBe("0123456789");
    expect(counted()).toBe(10);
  });

  it("may be empty", async () => {
    const empty = { digest: digestOf(""), size: 0, async *open() {} };
    expect(await read(new VerifiedBlob(empty, () => {}).open(0))).toBe("");
    const lying = new VerifiedBlob({ ...empty, digest: digestOf("x") }, () => {});
    await expectError("STORE_CORRUPT", () => read(lying.open(0)));
  });

  it.each([
    ["other bytes", Buffer.from("0123456780"), "another digest"],
    ["more bytes", Buffer.from("01234567890123"), "more than 10 bytes"],
    ["fewer bytes", Buffer.from("01234"), "ended after 5 of 10"],
  ])("does not pass with %s", async (_, given, words) => {
    const { blob } = blobOf(given);
    const pieces: string[] = [];
    const { message } = await expectError("STORE_CORRUPT", async () => {
      for await (const piece of blob.open(0)) pieces.push(Buffer.from(piece).toString());
    });
    expect(message).toContain(words);
    // Whoever stores it never has so many bytes that they might be the whole.
    expect(pieces.join("").length).toBeLessThan(10);
  });

  it.each([1, 5, 9])(
    "can be taken up at byte %i by who never saw the bytes before, which are hashed too",
    async (from) => {
      expect(await read(blobOf().blob.open(from))).toBe("0123456789".slice(from));
      await expectError("STORE_CORRUPT", () => read(blobOf(Buffer.from("x123456789")).blob.open(from)));
    },
  );
});
