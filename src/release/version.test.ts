import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isVersion, nearestVersion, versionPattern, versionProblem } from "./version.ts";

describe("versions", () => {
  it.each([
    "0.0.0",
    "2.4.1",
    "10.20.30",
    "1.0.0-rc.1",
    "1.0.0-RC1",
    "1.0.0-0A",
    "1.0.0--",
    "1.0.0-a.b-c.0",
    `1.0.0-${"a".repeat(34)}`,
  ])("%s is one", (version) => {
    expect(isVersion(version)).toBe(true);
    expect(versionProblem(version)).toBeUndefined();
  });

  it.each([
    ["", '"" is empty; write one such as "2.4.1" or "2.5.0-rc.1"'],
    ["v2.4.1", '"v2.4.1" starts with "v"; write "2.4.1"'],
    ["V2.4", '"V2.4" starts with "V"; write "2.4.0"'],
    ["2", '"2" does not have three numbers; write "2.0.0"'],
    ["1.10", '"1.10" does not have three numbers; write "1.10.0"'],
    ["2.4.1+cu12", '"2.4.1+cu12" has build metadata, and a tag cannot hold "+"; write "2.4.1"'],
    ["2.4.1-rc.1+5", '"2.4.1-rc.1+5" has build metadata, and a tag cannot hold "+"; write "2.4.1-rc.1"'],
    ["02.4.1", '"02.4.1" is not a semantic version; write "2.4.1"'],
    [" 2.4.1", '" 2.4.1" is not a semantic version; write "2.4.1"'],
    ["=2.4.1", '"=2.4.1" is not a semantic version; write "2.4.1"'],
    ["2.4.1.0", '"2.4.1.0" is not a semantic version; write one such as "2.4.1" or "2.5.0-rc.1"'],
    ["1.0.0-01", '"1.0.0-01" is not a semantic version; write one such as "2.4.1" or "2.5.0-rc.1"'],
    ["1.0.0-", '"1.0.0-" is not a semantic version; write one such as "2.4.1" or "2.5.0-rc.1"'],
    ["latest", '"latest" is not a semantic version; write one such as "2.4.1" or "2.5.0-rc.1"'],
    [
      "99999999999999999999.0.0",
      '"99999999999999999999.0.0" is not a semantic version; write one such as "2.4.1" or "2.5.0-rc.1"',
    ],
    [
      `1.0.0-${"a".repeat(35)}`,
      `"1.0.0-${"a".repeat(34)}…" has 41 characters; at most 40 fit into a tag beside the variant and the run`,
    ],
  ])("%j is none, and the text says why", (text, problem) => {
    expect(isVersion(text)).toBe(false);
    expect(versionProblem(text)).toBe(problem);
  });

  it("are suggested only when they are versions themselves", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(..."0129.-+vrc "), maxLength: 50 }), (text) => {
        const version = nearestVersion(text);
        expect(version === undefined || isVersion(version)).toBe(true);
      }),
    );
  });

  it("match the published pattern, which lets through only numbers that are too large", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(..."012.-aZ"), maxLength: 12 }), (text) => {
        expect(versionPattern.test(text)).toBe(isVersion(text));
      }),
      { numRuns: 2000 },
    );
  });
});
