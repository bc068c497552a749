import { describe, expect, it } from "vitest";
import type { Pointer } from "../../lifecycle/index.ts";
import { pinOf, pointer, valuesOf } from "../fixtures/deployment.ts";
import type { HistoryEntry } from "../git/index.ts";
import { timelineOf } from "./timeline.ts";

/** The history of a file that had these texts, oldest first; undefined where it was not there. */
function historyOf(...texts: readonly (string | undefined)[]): readonly HistoryEntry[] {
  return texts
    .map((text, index) => ({
      commit: String(index + 1),
      committedAt: new Date(Date.UTC(2026, 0, index + 1)),
      author: `author ${index + 1}`,
      subject: `subject ${index + 1}`,
      trailers: new Map([["Number", String(index + 1)]]),
      content: text === undefined ? undefined : new TextEncoder().encode(text),
    }))
    .toReversed();
}

const nothing = valuesOf(undefined);
const one = valuesOf(pinOf("1.0.0"));
const two = valuesOf(pinOf("2.0.0"));
const alias = valuesOf({ ...pinOf("1.0.0"), version: "latest" });
const broken = "model: [\n";

describe("a timeline", () => {
  it.each<[string, readonly (string | undefined)[], readonly (readonly [commit: string, names: string])[]]>([
    ["without history", [], []],
    ["of a file that names nothing", [nothing], [["1", "nothing"]]],
    [
      "has a period for each release, newest first",
      [nothing, one, two],
      [
        ["3", "2.0.0"],
        ["2", "1.0.0"],
        ["1", "nothing"],
      ],
    ],
    [
      "folds what changed beside the pointer into the period that began before",
      [one, one.replace("replicas: 2", "replicas: 3"), two, `${two}# more\n`],
      [
        ["3", "2.0.0"],
        ["1", "1.0.0"],
      ],
    ],
    [
      "lets a release come back",
      [one, two, one],
      [
        ["3", "1.0.0"],
        ["2", "2.0.0"],
        ["1", "1.0.0"],
      ],
    ],
    [
      "tells another place of the same release from it",
      [one, one.replace("oci:store:", "oci:mirror:")],
      [
        ["2", "1.0.0"],
        ["1", "1.0.0"],
      ],
    ],
    [
      "has a period of nothing while the file is gone",
      [one, undefined, one],
      [
        ["3", "1.0.0"],
        ["2", "nothing"],
        ["1", "1.0.0"],
      ],
    ],
    [
      "takes no file and an empty pointer for the same",
      [undefined, nothing, one],
      [
        ["3", "1.0.0"],
        ["1", "nothing"],
      ],
    ],
    [
      "shows what could not be read, and goes on before it",
      [one, alias, two],
      [
        ["3", "2.0.0"],
        ["2", 'POINTER_PIN_INVALID apps/values.yaml: "latest" is not a version'],
        ["1", "1.0.0"],
      ],
    ],
    [
      "folds what cannot be read for the same reason, and no other",
      [alias, `${alias}# more\n`, broken, one],
      [
        ["4", "1.0.0"],
        ["3", expect.stringMatching(/^POINTER_FILE_INVALID apps\/values\.yaml:/)],
        ["1", expect.stringMatching(/^POINTER_PIN_INVALID /)],
      ],
    ],
    [
      "tells a file that cannot be read from one that names nothing",
      [nothing, alias],
      [
        ["2", expect.stringMatching(/^POINTER_PIN_INVALID /)],
        ["1", "nothing"],
      ],
    ],
  ])("%s", (_, texts, expected) => {
    const periods = timelineOf(historyOf(...texts), pointer);
    expect(
      periods.map(({ commit, pin, unreadable }) => [commit, unreadable ?? pin?.version ?? "nothing"] as const),
    ).toEqual(expected);
  });

  it("says of each period who began it, when and how", () => {
    const [newest] = timelineOf(historyOf(one, two, `${two}# more\n`), pointer);
    expect(newest).toEqual({
      pin: pinOf("2.0.0"),
      unreadable: undefined,
      commit: "2",
      since: new Date("2026-01-02T00:00:00Z"),
      author: "author 2",
      subject: "subject 2",
      trailers: new Map([["Number", "2"]]),
    });
  });

  it("does not take a bug for a file that cannot be read", () => {
    const broken: Pointer = {
      ...pointer,
      get fields(): Pointer["fields"] {
        throw new TypeError("a bug");
      },
    };
    expect(() => timelineOf(historyOf(one), broken)).toThrow("a bug");
  });
});
