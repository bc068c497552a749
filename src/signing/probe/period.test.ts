import { expect, it } from "vitest";
import { standing } from "./period.ts";

const at = (text: string) => new Date(text);

it.each([
  [undefined, undefined, "within"],
  ["2026-06-01T00:00:00Z", undefined, "within"],
  ["2026-06-01T00:00:01Z", undefined, "early"],
  [undefined, "2026-06-01T00:00:00Z", "over"],
  [undefined, "2026-06-01T00:00:01Z", "soon"],
  [undefined, "2026-06-30T23:59:59Z", "soon"],
  [undefined, "2026-07-01T00:00:00Z", "within"],
  ["2027-01-01T00:00:00Z", "2026-01-01T00:00:00Z", "early"],
  ["no day", undefined, "early"],
  [undefined, "no day", "over"],
])("from %s until %s is %s on the first of June", (from, until, expected) => {
  const period = {
    from: from === undefined ? undefined : at(from),
    until: until === undefined ? undefined : at(until),
  };
  expect(standing(period, at("2026-06-01T00:00:00Z"))).toBe(expected);
});
