import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { alignedDecimals } from "./decimals.ts";

describe("numbers of one metric", () => {
  it.each([
    [
      [0.7551, 0.7],
      ["0.7551", "0.7000"],
    ],
    [
      [9.12, 10],
      ["9.120", "10.000"],
    ],
    [
      [812.345, 900],
      ["812.35", "900.00"],
    ],
    [
      [0.699_999_6, 0.7],
      ["0.6999996", "0.7000000"],
    ],
    [
      [0, 0.000_01],
      ["0.00000", "0.00001"],
    ],
    [
      [0.5, 0.5],
      ["0.5000", "0.5000"],
    ],
  ])("%j are written %j", (numbers, written) => {
    expect(numbers.map(alignedDecimals(numbers))).toEqual(written);
  });

  it("look different when they differ by more than a millionth of a millionth", () => {
    const number = fc.double({ min: -1000, max: 1000, noNaN: true });
    fc.assert(
      fc.property(number, number, (a, b) => {
        fc.pre(Math.abs(a - b) > 2e-12);
        const write = alignedDecimals([a, b]);
        expect(write(a)).not.toBe(write(b));
        expect(write(a).split(".")[1]).toHaveLength(write(b).split(".")[1]?.length ?? 0);
      }),
    );
  });
});
