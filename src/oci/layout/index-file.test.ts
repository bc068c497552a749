import * as fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { SlipwayError } from "../../errors/index.ts";
import { digestOf } from "../digest.ts";
import type { Descriptor } from "../manifest.ts";
import { annotation, mediaType } from "../media-types.ts";
import {
  addTagged,
  emptyIndexFile,
  encodeIndexFile,
  type IndexFile,
  parseIndexFile,
  taggedManifests,
} from "./index-file.ts";

/* Which files are refused is told in layout-store.create.test.ts, on real ones. */

const one: Descriptor = { mediaType: mediaType.manifest, digest: digestOf("one"), size: 3 };
const two: Descriptor = { mediaType: mediaType.index, digest: digestOf("two"), size: 3, artifactType: "a/b" };

function added(index: IndexFile, descriptor: Descriptor, tag: string): IndexFile {
  const edit = addTagged(index, descriptor, tag);
  if (edit.kind !== "edited") throw new Error(`expected an edit, found ${edit.kind}`);
  return edit.index;
}

describe("adding a tag", () => {
  it("appends an entry, and leaves the index that was given alone", () => {
    const first = added(emptyIndexFile, one, "v1");
    const second = added(first, two, "v2");
    expect(taggedManifests(second)).toEqual([
      { descriptor: one, tag: "v1" },
      { descriptor: two, tag: "v2" },
    ]);
    expect(taggedManifests(first)).toHaveLength(1);
    expect(emptyIndexFile.manifests).toEqual([]);
  });

  it("of what it points at already is no change; of something else, a conflict", () => {
    const index = added(emptyIndexFile, one, "v1");
    expect(addTagged(index, one, "v1")).toEqual({ kind: "unchanged" });
    expect(addTagged(index, two, "v1")).toMatchObject({ kind: "conflict", holds: one });
  });

  it("to an untagged entry of this digest, and of no other, tags that entry", () => {
    const untagged = { ...emptyIndexFile, manifests: [two, { ...one, annotations: { kept: "yes" } }] };
    expect(added(untagged, one, "v1").manifests).toEqual([
      two,
      { ...one, annotations: { kept: "yes", [annotation.refName]: "v1" } },
    ]);
  });

  it("a second time makes a second entry, and takes no tag away", () => {
    const index = added(added(emptyIndexFile, one, "v1"), one, "latest");
    expect(taggedManifests(index).map(({ tag }) => tag)).toEqual(["v1", "latest"]);
  });
});

test("for any order of additions: every tag points at what it pointed at first, and is written and read as it is", () => {
  const additions = fc.array(fc.tuple(fc.constantFrom(one, two), fc.constantFrom("a", "b", "c", "__proto__")));
  void fc.assert(
    fc.property(additions, (steps) => {
      const expected = new Map<string, Descriptor>();
      let index = emptyIndexFile;
      for (const [descriptor, tag] of steps) {
        const edit = addTagged(index, descriptor, tag);
        const holds = expected.get(tag);
        expect(edit.kind).toBe(holds === undefined ? "edited" : holds === descriptor ? "unchanged" : "conflict");
        if (holds === undefined) expected.set(tag, descriptor);
        if (edit.kind === "edited") index = edit.index;
      }
      const read = parseIndexFile(encodeIndexFile(index), "it");
      expect(new Map(taggedManifests(read).map(({ tag, descriptor }) => [tag, descriptor]))).toEqual(expected);
    }),
  );
});

test("whatever is read, only STORE_CORRUPT is thrown", () => {
  const texts = fc.oneof(
    fc.string(),
    fc.json(),
    fc.jsonValue().map((value) => JSON.stringify({ ...emptyIndexFile, manifests: value })),
    fc.jsonValue().map((value) => JSON.stringify({ ...emptyIndexFile, manifests: [{ ...one, annotations: value }] })),
  );
  void fc.assert(
    fc.property(texts, (text) => {
      try {
        taggedManifests(parseIndexFile(text, "it"));
      } catch (error) {
        if (!(error instanceof SlipwayError)) throw error;
        expect(error.code).toBe("STORE_CORRUPT");
      }
    }),
    { numRuns: 1000 },
  );
});
