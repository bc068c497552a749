import { expect, it } from "vitest";
import { age, day, metricBound, metricNumber, minute } from "./wording.ts";

it.each([
  ["2026-11-21T14:04:05Z", "2026-11-21 14:04 UTC", "2026-11-21"],
  ["2026-11-21T00:30:00+01:00", "2026-11-20 23:30 UTC", "2026-11-20"],
  ["2026-99-99T99:99:99Z", "2026-99-99T99:99:99Z", "2026-99-99T99:99:99Z"],
  // JavaScript would read this one as a local time.
  ["1", "1", "1"],
  ["", "", ""],
])("the time %j is %j, on the day %j", (time, to, on) => {
  expect(minute(time)).toBe(to);
  expect(day(time)).toBe(on);
});

it.each([
  ["2026-11-01T00:00:00Z", "2026-11-20T23:59:59Z", "19 days"],
  ["2026-11-20T21:59:59Z", "2026-11-20T23:59:59Z", "2h"],
  ["2026-11-21T00:00:00Z", "2026-11-20T00:00:00Z", undefined],
  ["some day", "2026-11-20T00:00:00Z", undefined],
])("from %j to %j are %j", (from, to, words) => {
  expect(age(from, to)).toBe(words);
});

it.each([
  [0.1 + 0.2, "0.3"],
  [0.62134567, "0.621346"],
  [123456789, "123457000"],
  [1e-9, "1e-9"],
  [Number.NaN, "not a number"],
])("%d is written as %j", (value, written) => {
  expect(metricNumber(value)).toBe(written);
});

it.each([
  [{ comparator: ">=", threshold: 0.5 }, "≥ 0.5"],
  [{ comparator: "<=", threshold: 2 }, "≤ 2"],
  [{ comparator: "about", threshold: 2 }, "about 2"],
  [{ comparator: "constructor", threshold: 2 }, "constructor 2"],
  [{ threshold: 2 }, undefined],
])("the bound of %j is %j", (bound, written) => {
  expect(metricBound({ name: "m", value: 1, passed: true, ...bound })).toBe(written);
});
