import { readFile, writeFile } from "node:fs/promises";
import { describe, expect, it, test } from "vitest";
import { announceSample, storeAt } from "../../../test/support/layout.ts";
import { expectError } from "../../../test/support/refusal.ts";
import { type Temporary, temporaryDirectory } from "../../../test/support/temporary.ts";
import type { Digest } from "../digest.ts";
import { annotation } from "../media-types.ts";
import type { LayoutStore } from "./layout-store.ts";

const unknown: Digest = `sha256:${"0".repeat(64)}`;

async function twoReleases(root: Temporary): Promise<{ store: LayoutStore; one: Digest; two: Digest }> {
  const store = await storeAt(root.at("store"));
  const one = (await announceSample(store, "v1")).digest;
  const two = (await announceSample(store, "v2")).digest;
  return { store, one, two };
}

describe("by tag, digest or both", () => {
  test.each<[tag: string | undefined, digest: "one" | "two" | "unknown" | undefined, answer: string]>([
    ["v1", undefined, "one"],
    ["v2", undefined, "two"],
    [undefined, "one", "one"],
    [undefined, "two", "two"],
    ["v1", "one", "one"],
    ["v2", "two", "two"],
    ["v1", "two", "TAG_MISMATCH"],
    ["v1", "unknown", "TAG_MISMATCH"],
    ["v3", undefined, "NOT_FOUND"],
    // A tag that is gone is said to be gone, even if the digest is there.
    ["v3", "one", "NOT_FOUND"],
    ["v3", "unknown", "NOT_FOUND"],
    ["V1", undefined, "NOT_FOUND"],
    ["", undefined, "NOT_FOUND"],
    [undefined, "unknown", "NOT_FOUND"],
    [undefined, undefined, "NOT_FOUND"],
  ])("%s @ %s: %s", async (tag, which, answer) => {
    await using root = await temporaryDirectory();
    const { store, one, two } = await twoReleases(root);
    const digests = { one, two, unknown };
    const resolve = () => store.resolve({ tag, digest: which === undefined ? undefined : digests[which] });
    if (answer === "one" || answer === "two") expect((await resolve()).digest).toBe(digests[answer]);
    else expect((await expectError(answer, resolve)).message).toContain(root.at("store"));
  });

  it("says which releases there are, and leaves out evidence", async () => {
    await using root = await temporaryDirectory();
    const { store } = await twoReleases(root);
    await announceSample(store, "v1_scan.7.1");
    const error = await expectError("NOT_FOUND", () => store.resolve({ tag: "v3" }));
    expect(error.details).toEqual(["it has: v1, v2"]);
  });

  it("a mismatch names both digests", async () => {
    await using root = await temporaryDirectory();
    const { store, one, two } = await twoReleases(root);
    const error = await expectError("TAG_MISMATCH", () => store.resolve({ tag: "v1", digest: two }));
    expect(error.message).toContain(one);
    expect(error.message).toContain(two);
    expect(error.family).toBe("refused");
  });
});

describe("a tag that is listed twice", () => {
  it("means nothing, whichever digest is asked for; the digest alone still does", async () => {
    await using root = await temporaryDirectory();
    const { store, one, two } = await twoReleases(root);
    const path = root.at("store/index.json");
    const index = JSON.parse(await readFile(path, "utf8"));
    index.manifests[1].annotations[annotation.refName] = "v1";
    await writeFile(path, JSON.stringify(index));
    for (const digest of [undefined, one, two]) {
      await expectError("STORE_CORRUPT", () => store.resolve({ tag: "v1", digest }));
    }
    expect((await store.resolve({ digest: two })).digest).toBe(two);
  });
});
