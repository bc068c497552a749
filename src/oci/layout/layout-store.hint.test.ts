import { readFile, stat, writeFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { announceSample, storeAt } from "../../../test/support/layout.ts";
import { expectError } from "../../../test/support/refusal.ts";
import { temporaryDirectory } from "../../../test/support/temporary.ts";
import { treeOf } from "../../../test/support/tree.ts";

const tagsIn = async (directory: string) =>
  (await (await storeAt(directory)).list()).map(({ tag, descriptor }) => [tag, descriptor.digest]);

describe("a hint", () => {
  it("points at a manifest, moves, and goes, as every other process sees", async () => {
    await using root = await temporaryDirectory();
    const store = await storeAt(root.at("store"));
    const one = await announceSample(store, "1.0.0-jetson");
    const two = await announceSample(store, "1.1.0-jetson");
    const announced = [
      ["1.0.0-jetson", one.digest],
      ["1.1.0-jetson", two.digest],
    ];
    await store.hint("latest-jetson", one);
    expect(await tagsIn(root.at("store"))).toEqual([...announced, ["latest-jetson", one.digest]]);
    await store.hint("latest-jetson", two);
    expect(await tagsIn(root.at("store"))).toEqual([...announced, ["latest-jetson", two.digest]]);
    expect((await store.resolve({ tag: "latest-jetson" })).digest).toBe(two.digest);
    await store.hint("latest-jetson", undefined);
    expect(await tagsIn(root.at("store"))).toEqual(announced);
    await expectError("NOT_FOUND", () => store.resolve({ tag: "latest-jetson" }));
    // It was never announced, so another tag may take its place later.
    expect(await store.announced()).toEqual(new Map(announced.map(([tag, digest]) => [tag, digest])));
  });

  it.each([
    ["to where it is", true],
    ["away from where it is not", false],
  ])("moved %s changes no byte and no time", async (_, there) => {
    await using root = await temporaryDirectory();
    const store = await storeAt(root.at("store"));
    const one = await announceSample(store, "1.0.0-jetson");
    if (there) await store.hint("1.0.0-jetson_staging", one);
    const before = await treeOf(root.path);
    const { mtimeNs } = await stat(root.at("store/index.json"), { bigint: true });
    await store.hint("1.0.0-jetson_staging", there ? one : undefined);
    expect(await treeOf(root.path)).toEqual(before);
    expect((await stat(root.at("store/index.json"), { bigint: true })).mtimeNs).toBe(mtimeNs);
  });

  it("never moves, nor removes, a tag that was announced, also when the index lost it", async () => {
    await using root = await temporaryDirectory();
    const store = await storeAt(root.at("store"));
    await announceSample(store, "1.0.0-jetson");
    const two = await announceSample(store, "1.1.0-jetson");
    const before = await treeOf(root.path);
    for (const to of [two, undefined]) {
      const { message } = await expectError("IMMUTABLE_CONFLICT", () => store.hint("1.0.0-jetson", to));
      expect(message).toContain(":1.0.0-jetson was announced as");
    }
    expect(await treeOf(root.path)).toEqual(before);
    const index: { manifests: unknown[] } = JSON.parse(await readFile(root.at("store/index.json"), "utf8"));
    await writeFile(root.at("store/index.json"), JSON.stringify({ ...index, manifests: index.manifests.slice(1) }));
    await expectError("IMMUTABLE_CONFLICT", () => store.hint("1.0.0-jetson", two));
  });

  it("where one lies cannot be announced as something else", async () => {
    await using root = await temporaryDirectory();
    const store = await storeAt(root.at("store"));
    await store.hint("latest", await announceSample(store, "1.0.0-jetson"));
    await expectError("IMMUTABLE_CONFLICT", () => announceSample(store, "latest"));
  });

  it("is a tag that registries accept", async () => {
    await using root = await temporaryDirectory();
    const store = await storeAt(root.at("store"));
    const one = await announceSample(store, "1.0.0-jetson");
    for (const tag of ["", ".hidden", "a b", "x".repeat(129)])
      await expectError("REFERENCE_INVALID", () => store.hint(tag, one));
  });

  it("many at once, by many writers, are all there, and so is what was announced beside them", async () => {
    await using root = await temporaryDirectory();
    const one = await announceSample(await storeAt(root.at("store")), "1.0.0-jetson");
    const numbers = Array.from({ length: 8 }, (_, number) => number);
    await Promise.all(
      numbers.map(async (number) => {
        const store = await storeAt(root.at("store"));
        await store.hint(`hint-${number}`, one);
        await announceSample(store, `2.${number}.0-jetson`);
        await store.hint(`gone-${number}`, one);
        await store.hint(`gone-${number}`, undefined);
      }),
    );
    const tags = (await tagsIn(root.at("store"))).map(([tag]) => tag).toSorted();
    expect(tags).toEqual(
      ["1.0.0-jetson", ...numbers.flatMap((number) => [`hint-${number}`, `2.${number}.0-jetson`])].toSorted(),
    );
  });
});
