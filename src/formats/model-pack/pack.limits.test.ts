import { expect, it } from "vitest";
import { MemoryStore } from "../../../test/support/memory-store.ts";
import { releaseFacts, writeFiles } from "../../../test/support/packed-release.ts";
import { expectError } from "../../../test/support/refusal.ts";
import { temporaryDirectory } from "../../../test/support/temporary.ts";
import { ContentPool } from "../../content/index.ts";
import { listModelDirectory } from "../../sources/index.ts";
import { packFormC } from "./pack.ts";

it("refuses files that the store takes no blobs for, before anything is sent", async () => {
  await using root = await temporaryDirectory();
  await writeFiles(root.at("model"), { "a.bin": "x".repeat(11), "b.bin": "x".repeat(10), "c/d.bin": "x".repeat(12) });
  const { files } = await listModelDirectory(root.at("model"));
  await using pool = new ContentPool({ signal: new AbortController().signal });
  const store = new MemoryStore();
  store.largestBlob = { size: 10, saidBy: "a registry" };
  const options = { files, metadata: Buffer.from("{}"), facts: releaseFacts, store, pool, onBytes: () => {} };
  const { message, details } = await expectError("FILE_TOO_LARGE", () => packFormC(options));
  expect(message).toBe("a.bin has 11 bytes, and a registry takes 10 (memory)");
  expect(details).toEqual(["a.bin: 11 bytes", "c/d.bin: 12 bytes"]);
  expect(await store.tags()).toEqual([]);
});
