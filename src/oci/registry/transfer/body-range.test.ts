import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bodyRange } from "./body-range.ts";

describe("where a body belongs", () => {
  const rest = { from: 10, until: 100, size: 100, exactly: false };
  const gap = { from: 10, until: 50, size: 100, exactly: false };
  const part = { from: 10, until: 50, size: 100, exactly: true };
  it.each([
    ["the whole, for the rest of it", rest, 200, undefined, 100, { skip: 10, keep: 90 }],
    ["the whole, for a gap", gap, 200, undefined, 100, { skip: 10, keep: 40 }],
    ["the whole, for exactly a part", part, 200, undefined, 100, undefined],
    ["another whole", rest, 200, undefined, 99, undefined],
    ["the rest", rest, 206, "bytes 10-99/100", 90, { skip: 0, keep: 90 }],
    ["the beginning of the rest", rest, 206, "bytes 10-19/100", 10, { skip: 0, keep: 10 }],
    ["the rest, for a gap", gap, 206, "bytes 10-99/100", 90, { skip: 0, keep: 40 }],
    ["the rest, for exactly a part", part, 206, "bytes 10-99/100", 90, undefined],
    ["a part", part, 206, "bytes 10-49/100", 40, { skip: 0, keep: 40 }],
    ["a part of something whose size is not told", part, 206, "bytes 10-49/*", 40, { skip: 0, keep: 40 }],
    ["a part of something else", part, 206, "bytes 10-49/101", 40, undefined],
    ["a part from elsewhere", part, 206, "bytes 9-49/100", 41, undefined],
    ["a part of another length", part, 206, "bytes 10-49/100", 41, undefined],
    ["a part that ends before it begins", part, 206, "bytes 10-8/100", 0, undefined],
    ["a part beyond the end", rest, 206, "bytes 10-100/100", 91, undefined],
    ["a part in other units", part, 206, "lines 10-49/100", 40, undefined],
    ["a part of nowhere", part, 206, undefined, 40, undefined],
    ["a refusal", part, 404, "bytes 10-49/100", 40, undefined],
  ])("is known of %s", (_, target, status, range, length, expected) => {
    const head = { status, headers: range === undefined ? {} : { "content-range": range } };
    expect(bodyRange(head, length, target)).toEqual(expected);
  });

  it("is within what was asked for, whatever is answered", () => {
    const number = fc.nat(120);
    fc.assert(
      fc.property(
        number,
        number,
        number,
        number,
        fc.boolean(),
        fc.constantFrom(200, 206),
        (...[a, b, first, last, exactly, status]) => {
          const [from, until] = [Math.min(a, b), Math.max(a, b) + 1];
          const head = { status, headers: { "content-range": `bytes ${first}-${last}/121` } };
          const length = status === 200 ? 121 : last - first + 1;
          const range = bodyRange(head, length, { from, until, size: 121, exactly });
          if (range === undefined) return;
          expect(range.keep).toBeLessThanOrEqual(until - from);
          expect(range.skip + range.keep).toBeLessThanOrEqual(length);
          expect(status === 200 ? range.skip : first).toBe(from);
        },
      ),
    );
  });
});
