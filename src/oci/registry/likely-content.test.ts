import { describe, expect, it } from "vitest";
import { digestOf } from "../digest.ts";
import { encodeManifest } from "../manifest.ts";
import { emptyJson, mediaType } from "../media-types.ts";
import { type Catalogue, LikelyContent } from "./likely-content.ts";

function manifestWith(...sizes: number[]) {
  const layers = sizes.map((size) => ({ mediaType: "application/octet-stream", digest: digestOf(String(size)), size }));
  const { manifest, artifactType } = { manifest: mediaType.manifest, artifactType: "application/vnd.example" };
  const bytes = encodeManifest({
    schemaVersion: 2,
    mediaType: manifest,
    artifactType,
    config: emptyJson.descriptor,
    layers,
    annotations: {},
  });
  return { descriptor: { mediaType: manifest, digest: digestOf(bytes), size: bytes.length }, bytes };
}

function catalogue(releases: Readonly<Record<string, readonly number[]>>) {
  const asked: string[] = [];
  const made: Catalogue = {
    tags: async () => Object.keys(releases),
    manifest: async (tag) => {
      asked.push(tag);
      return manifestWith(...(releases[tag] ?? []));
    },
  };
  return { likely: new LikelyContent(made), asked };
}

describe("a repository", () => {
  it("may hold files of the sizes that its releases have", async () => {
    const { likely, asked } = catalogue({
      "1.0.0-a": [100],
      "1.1.0-a": [200],
      "1.1.0-a_sign.1.1": [300],
      "sha256-ab": [],
    });
    expect(await Promise.all([100, 200, 300, 2].map((size) => likely.mayHold(size)))).toEqual([
      true,
      true,
      false,
      true,
    ]);
    expect(asked.toSorted()).toEqual(["1.0.0-a", "1.1.0-a"]);
  });

  it("holds nothing when it is empty", async () => {
    expect(await catalogue({}).likely.mayHold(1)).toBe(false);
  });

  it("is looked at once, and in its latest releases", async () => {
    const { likely, asked } = catalogue(
      Object.fromEntries(Array.from({ length: 30 }, (_, n) => [`1.${n}.0-a`, [n + 1]])),
    );
    expect(await likely.mayHold(30)).toBe(true);
    expect(await likely.mayHold(1)).toBe(false);
    expect(asked.toSorted()).toEqual(Array.from({ length: 8 }, (_, n) => `1.${22 + n}.0-a`));
  });

  it("may hold anything when it has too many tags to look at", async () => {
    const { likely, asked } = catalogue(Object.fromEntries(Array.from({ length: 1001 }, (_, n) => [`1.${n}.0-a`, []])));
    expect(await likely.mayHold(1)).toBe(true);
    expect(asked).toEqual([]);
  });

  it("may hold anything when it does not say what it has", async () => {
    const tags = () => Promise.reject(new Error("denied"));
    expect(await new LikelyContent({ tags, manifest: async () => undefined }).mayHold(1)).toBe(true);
  });
});
