import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findTagCollisions } from "./tag-collisions.ts";
import { parseTag } from "./tags.ts";

function ofVersion(version: string): string[] {
  return findTagCollisions({ version, variants: [] }).map(({ text }) => text);
}

function ofCapabilities(...variants: readonly (readonly [string, readonly string[]])[]) {
  return findTagCollisions({
    version: "1.0.0",
    variants: variants.map(([name, capabilities]) => ({ name, capabilities })),
  });
}

describe("tag collisions", () => {
  it.each([
    ["2.5.0-rc1", '"rc1" of version 2.5.0 would have; write "2.5.0-rc.1"'],
    ["2.5.0-alpha", '"alpha" of version 2.5.0 would have; write "2.5.0-alpha.1"'],
    ["2.5.0-rc01", '"rc01" of version 2.5.0 would have; write "2.5.0-rc01.1"'],
    ["2.5.0-20251020", '"20251020" of version 2.5.0 would have; write "2.5.0-20251020.1"'],
    ["2.5.0-rc.1-jetson", '"jetson" of version 2.5.0-rc.1 would have; write "2.5.0-rc.1-jetson.1"'],
    ["2.5.0-aaaaaaaaaaaaaaaaaa-bbbbbbbbbbbbbbb", "put a dot after the last hyphen"],
  ])("of the version %s, which reads as a variant, are found", (version, text) => {
    expect(ofVersion(version)).toEqual([expect.stringContaining(text)]);
  });

  it.each(["2.5.0", "2.5.0-rc.1", "2.5.0-RC1", "2.5.0--x", "2.5.0-a-", `2.5.0-${"a".repeat(33)}`])(
    "of the version %s, which reads as a version, there are none",
    (version) => {
      expect(ofVersion(version)).toEqual([]);
      expect(parseTag(version)).toEqual({ kind: "release", version });
    },
  );

  it.each([
    ["latest", 'needs the tag "latest", which no release may have'],
    ["1.0.0", 'needs the tag "1.0.0", which reads as the tag of a release'],
    ["1.0.0-cv3", 'needs the tag "1.0.0-cv3", which reads as the tag of a release'],
    ["1.0.0-", 'needs the tag "1.0.0--jetson", which reads as the tag of a release'],
    ["latest-jetson", 'needs the tag "latest-jetson", which is kept for the newest release of that variant'],
  ])("of the capability %s are found", (capability, text) => {
    expect(ofCapabilities(["jetson", ["cv3", capability]])).toEqual([
      { path: ["variants", "jetson", "capabilities", 1], text: expect.stringContaining(text) },
    ]);
  });

  it("between a capability and another one's alias are found in both orders and across variants", () => {
    const text = expect.stringContaining('the tag "cv3-jetson", and so does the capability "cv3');
    expect(ofCapabilities(["jetson", ["cv3", "cv3-jetson"]])).toEqual([
      { path: ["variants", "jetson", "capabilities", 1], text },
    ]);
    expect(ofCapabilities(["dgx", ["cv3-jetson"]], ["jetson", ["cv3"]])).toEqual([
      { path: ["variants", "jetson", "capabilities", 0], text },
    ]);
  });

  it("are none when variants share a capability", () => {
    expect(ofCapabilities(["jetson", ["cv3", "int8"]], ["dgx", ["cv3", "bf16"]])).toEqual([]);
  });

  it("pass over names that are not well-formed", () => {
    expect(ofCapabilities(["Jetson", ["latest"]], ["dgx", ["", "LATEST"]])).toEqual([]);
    expect(findTagCollisions({ version: undefined, variants: [] })).toEqual([]);
  });

  it("are found by nothing but equal tags: without any, all tags of a release differ and fit", () => {
    const capability = fc.constantFrom(
      "a",
      "b",
      "a-a",
      "a-b",
      "b-a-b",
      "latest-a",
      "latest",
      "1.0.0",
      "1.0.0-a",
      "1.0.0-",
    );
    const variants = fc.uniqueArray(
      fc.record({ name: fc.constantFrom("a", "b", "1"), capabilities: fc.uniqueArray(capability, { maxLength: 3 }) }),
      { selector: ({ name }) => name, maxLength: 3 },
    );
    fc.assert(
      fc.property(fc.constantFrom("1.0.0", "1.0.0-a", "1.0.0-a.1"), variants, (version, named) => {
        const shared = new Set(named.flatMap(({ capabilities }) => capabilities));
        const tags = [
          version,
          ...shared,
          ...named.flatMap(({ name, capabilities }) => [
            `${version}-${name}`,
            `latest-${name}`,
            ...capabilities.map((capability) => `${capability}-${name}`),
          ]),
        ];
        const none = findTagCollisions({ version, variants: named }).length === 0;
        const reserved = tags.filter((tag) => tag === "latest" || (tag !== version && /^1\.0\.0(-|$)/.test(tag)));
        const own = named.map(({ name }) => `${version}-${name}`);
        const strangers = reserved.filter((tag) => !own.includes(tag));
        expect(none).toBe(new Set(tags).size === tags.length && strangers.length === 0 && version !== "1.0.0-a");
      }),
    );
  });
});
