import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseDuration, parseSize } from "../contract/quantity.ts";
import { formatBytes, formatDuration, formatRate } from "./format.ts";

describe("formatBytes", () => {
  it.each([
    [0, "0 B"],
    [999, "999 B"],
    [999.4, "999 B"],
    [1000, "1.00 kB"],
    [1999, "2.00 kB"],
    [12_345, "12.3 kB"],
    [99_949, "99.9 kB"],
    [123_456_789, "123 MB"],
    [999_499, "999 kB"],
    [999_500, "1.00 MB"],
    [4_000_000_000, "4.00 GB"],
    [70_000_000_000_000, "70.0 TB"],
    [5e18, "5000 PB"],
  ])("%d bytes are %s", (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });

  it("is read back by size inputs to within half a percent", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 9e14 }), (bytes) => {
        const back = parseSize(formatBytes(bytes)) ?? Number.NaN;
        expect(Math.abs(back - bytes)).toBeLessThanOrEqual(bytes * 0.005);
      }),
    );
  });
});

describe("formatRate", () => {
  it("is bytes per second", () => {
    expect(formatRate(120_000_000)).toBe("120 MB/s");
  });
});

describe("formatDuration", () => {
  it.each([
    [0, "0ms"],
    [850, "850ms"],
    [999.4, "999ms"],
    [999.6, "1s"],
    [2_449, "2.4s"],
    [9_949, "9.9s"],
    [9_950, "10s"],
    [45_000, "45s"],
    [59_499, "59s"],
    [59_500, "1m"],
    [125_000, "2m5s"],
    [3_599_400, "59m59s"],
    [3_599_500, "1h"],
    [5_400_000, "1h30m"],
    [86_399_000, "1d"],
    [180_000_000, "2d2h"],
  ])("%d ms are %s", (milliseconds, text) => {
    expect(formatDuration(milliseconds)).toBe(text);
  });

  it("is read back by duration inputs to within a twentieth", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e9 }), (milliseconds) => {
        const back = parseDuration(formatDuration(milliseconds)) ?? Number.NaN;
        expect(Math.abs(back - milliseconds)).toBeLessThanOrEqual(milliseconds * 0.05);
      }),
    );
  });
});
