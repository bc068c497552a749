import * as fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { digestOf } from "../digest.ts";
import type { Descriptor } from "../manifest.ts";
import { annotation, mediaType } from "../media-types.ts";
import { addTagged, emptyIndexFile, type IndexFile, moveTag, taggedManifests } from "./index-file.ts";

const one: Descriptor = { mediaType: mediaType.manifest, digest: digestOf("one"), size: 3 };
const two: Descriptor = { mediaType: mediaType.manifest, digest: digestOf("two"), size: 4, artifactType: "a/b" };

/** An index that was written by announcing, in this order. */
function indexOf(...tagged: readonly (readonly [string, Descriptor])[]): IndexFile {
  return tagged.reduce<IndexFile>((index, [tag, descriptor]) => {
    const edit = addTagged(index, descriptor, tag);
    return edit.kind === "edited" ? edit.index : index;
  }, emptyIndexFile);
}

const tagsOf = (index: IndexFile | undefined) =>
  index &&
  taggedManifests(index).map(({ tag, descriptor }) => `${tag} ${descriptor === undefined ? "" : nameOf(descriptor)}`);
const nameOf = ({ digest }: Descriptor) => (digest === one.digest ? "one" : "two");

describe("moving a tag", () => {
  const index = indexOf(["1", one], ["2", two], ["1_staging", one]);

  it.each([
    ["that is new, adds it", "1_production", one, ["1 one", "2 two", "1_staging one", "1_production one"]],
    ["to another manifest, takes it from the first", "1_staging", two, ["1 one", "2 two", "1_staging two"]],
    ["to nothing, removes it", "1_staging", undefined, ["1 one", "2 two"]],
    [
      "that is a manifest's only one, leaves the manifest listed",
      "2",
      undefined,
      ["1 one", "undefined two", "1_staging one"],
    ],
    ["that is a manifest's only one, to another", "2", one, ["1 one", "undefined two", "1_staging one", "2 one"]],
  ])("%s", (_, tag, descriptor, expected) => {
    expect(tagsOf(moveTag(index, descriptor, tag))).toEqual(expected);
    expect(tagsOf(index)).toEqual(["1 one", "2 two", "1_staging one"]);
  });

  it.each([
    ["to where it is", "1_staging", one],
    ["that is not there, to nothing", "1_production", undefined],
  ])("%s, changes nothing", (_, tag, descriptor) => {
    expect(moveTag(index, descriptor, tag)).toBeUndefined();
  });

  it("away and back lists the manifest once, and keeps what else is said of it", () => {
    const noted: IndexFile = {
      ...emptyIndexFile,
      annotations: { note: "mine" },
      manifests: [{ ...two, annotations: { [annotation.refName]: "2", kept: "yes" } }],
    };
    const away = moveTag(noted, undefined, "2");
    const back = away && moveTag(away, two, "2");
    expect(away?.manifests).toEqual([{ ...two, annotations: { kept: "yes" } }]);
    expect(back).toEqual(noted);
  });
});

test("for any moves: each tag is where it was moved last, no other has moved, and no manifest was lost", () => {
  const moves = fc.array(fc.tuple(fc.constantFrom("a", "b", "c", "__proto__"), fc.constantFrom(one, two, undefined)));
  void fc.assert(
    fc.property(moves, (told) => {
      let index = indexOf(["1", one], ["2", two]);
      const expected = new Map<string, Descriptor>([
        ["1", one],
        ["2", two],
      ]);
      for (const [tag, to] of told) {
        index = moveTag(index, to, tag) ?? index;
        if (to === undefined) expected.delete(tag);
        else expected.set(tag, to);
      }
      const listed = taggedManifests(index);
      const tagged = new Map(listed.flatMap(({ tag, descriptor }) => (tag === undefined ? [] : [[tag, descriptor]])));
      expect(tagged).toEqual(expected);
      expect(listed).toHaveLength(expected.size);
    }),
  );
});
