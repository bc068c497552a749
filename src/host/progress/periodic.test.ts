import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { periodicProgress } from "./periodic.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it("prints a line every ten seconds until the end", () => {
  const lines: string[] = [];
  const progress = periodicProgress("push", 1000, (line) => lines.push(line));
  vi.advanceTimersByTime(9_000);
  progress.advance(250);
  expect(lines).toEqual([]);
  vi.advanceTimersByTime(1_000);
  progress.advance(250);
  vi.advanceTimersByTime(10_000);
  progress.end();
  vi.advanceTimersByTime(60_000);
  expect(lines).toEqual([
    "push: 25%, 250 B of 1.00 kB, 25 B/s, 30s left",
    "push: 50%, 500 B of 1.00 kB, 25 B/s, 20s left",
  ]);
});
