import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nextPart, reachOf, type Stretch } from "./plan-parts.ts";

const MiB = 1024 ** 2;
const sizes = { smallest: 32 * MiB, largest: 512 * MiB };

describe("the next part", () => {
  it.each([
    ["half of a fair share", { from: 0, until: 800 * MiB }, { from: 0, until: 100 * MiB }],
    ["not larger than the largest", { from: 5, until: 40_000 * MiB }, { from: 5, until: 512 * MiB + 5 }],
    ["not smaller than the smallest", { from: MiB, until: 100 * MiB }, { from: MiB, until: 33 * MiB }],
    ["all that is left, when that is less", { from: 7, until: 9 }, { from: 7, until: 9 }],
    ["none, when nothing is left", { from: 9, until: 9 }, undefined],
  ])("is %s", (_, left, expected) => {
    expect(nextPart(left, 4, sizes)).toEqual(expected);
  });

  it("follows the one before, so that together they are the whole, each within the bounds", () => {
    const bounds = fc
      .tuple(fc.integer({ min: 1, max: 1000 }), fc.integer({ min: 0, max: 9000 }))
      .map(([smallest, more]) => ({ smallest, largest: smallest + more }));
    fc.assert(
      fc.property(fc.nat(1000), fc.nat(50_000), fc.integer({ min: 1, max: 16 }), bounds, (from, length, lanes, own) => {
        const until = from + length;
        const parts = all({ from, until }, lanes, own);
        expect(parts.map((part) => part.from)).toEqual(
          length === 0 ? [] : [from, ...parts.slice(0, -1).map((part) => part.until)],
        );
        expect(parts.at(-1)?.until ?? until).toBe(until);
        const lengths = parts.map((part) => part.until - part.from);
        expect(lengths.every((bytes) => bytes > 0 && bytes <= own.largest)).toBe(true);
        expect(lengths.slice(0, -1).every((bytes) => bytes >= own.smallest)).toBe(true);
        expect(lengths.toSorted((a, b) => b - a)).toEqual(lengths);
      }),
    );
  });
});

describe("how far everything is there", () => {
  it.each<[string, readonly Stretch[], number]>([
    ["nothing", [], 10],
    ["what lies behind a gap", [{ from: 11, until: 20 }], 10],
    ["what follows", [{ from: 10, until: 20 }], 20],
    [
      "in whatever order it came",
      [
        { from: 20, until: 30 },
        { from: 40, until: 50 },
        { from: 10, until: 20 },
      ],
      30,
    ],
    ["what was there before", [{ from: 0, until: 5 }], 10],
  ])("counts %s", (_, there, expected) => {
    expect(reachOf(there, 10)).toBe(expected);
  });
});

function all(whole: Stretch, lanes: number, own: typeof sizes): Stretch[] {
  const parts: Stretch[] = [];
  let left = whole;
  for (let part = nextPart(left, lanes, own); part !== undefined; part = nextPart(left, lanes, own)) {
    parts.push(part);
    left = { from: part.until, until: left.until };
  }
  return parts;
}
