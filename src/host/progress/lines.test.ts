import { describe, expect, it } from "vitest";
import { liveLine, logLine } from "./lines.ts";
import type { Reading } from "./meter.ts";

const half: Reading = {
  done: 1_200_000_000,
  total: 2_700_000_000,
  bytesPerSecond: 120_000_000,
  remainingMilliseconds: 12_400,
};
const begin: Reading = { done: 0, total: 2_700_000_000, bytesPerSecond: undefined, remainingMilliseconds: undefined };
const stalled: Reading = { ...half, bytesPerSecond: 0, remainingMilliseconds: undefined };
const unknown: Reading = { ...half, total: undefined, remainingMilliseconds: undefined };
const empty: Reading = { ...begin, total: 0 };
const over: Reading = { ...half, done: 3_000_000_000, remainingMilliseconds: undefined };

describe("logLine", () => {
  it.each([
    [half, "push: 44%, 1.20 GB of 2.70 GB, 120 MB/s, 13s left"],
    [begin, "push: 0%, 0 B of 2.70 GB"],
    [stalled, "push: 44%, 1.20 GB of 2.70 GB, stalled"],
    [unknown, "push: 1.20 GB, 120 MB/s"],
    [empty, "push: 0 B of 0 B"],
    [over, "push: 100%, 2.70 GB of 2.70 GB, 120 MB/s"],
  ])("%j", (reading, line) => {
    expect(logLine("push", reading)).toBe(line);
  });
});

describe("liveLine", () => {
  it.each([
    [half, "push layers  ████████░░░░░░░░░░░░   44%    1.20/2.70 GB   120 MB/s     13s left"],
    [begin, "push layers  ░░░░░░░░░░░░░░░░░░░░    0%     0 B/2.70 GB"],
    [stalled, "push layers  ████████░░░░░░░░░░░░   44%    1.20/2.70 GB    stalled"],
    [unknown, "push layers  1.20 GB  120 MB/s"],
    [over, "push layers  ████████████████████  100%    2.70/2.70 GB   120 MB/s"],
  ])("%j fits 80 columns", (reading, line) => {
    expect(liveLine("push layers", reading, 79, false)).toBe(line);
    expect(line.length).toBeLessThanOrEqual(79);
  });

  it("gives up the bar, then the end of the line, where it is narrow", () => {
    expect(liveLine("push layers", half, 60, false)).toBe("push layers  44%  1.20/2.70 GB  120 MB/s  13s left");
    expect(liveLine("push layers", half, 30, false)).toBe("push layers  44%  1.20/2.70 G…");
  });

  it("is full only when everything is done", () => {
    expect(liveLine("push", { ...half, done: 2_699_999_999 }, 120, false)).toContain("░  ");
  });
});
