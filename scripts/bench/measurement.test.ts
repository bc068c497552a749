import { describe, expect, test } from "vitest";
import { judge, measurementTable, median } from "./measurement.ts";

test.each([
  [[3, 1, 2], 2],
  [[4, 1, 2, 3], 2.5],
  [[10, 9, 100], 10],
  [[7], 7],
])("median(%j) is %s", (values, expected) => {
  expect(median(values)).toBe(expected);
});

describe("judge", () => {
  test.each([
    [150, 150, true],
    [150.1, 150, false],
  ])("%s of %s: %s", (value, budget, ok) => {
    expect(judge({ name: "n", value, unit: "ms", budget })).toEqual({ name: "n", value, unit: "ms", budget, ok });
  });

  test("has nothing against a figure without a budget", () => {
    expect(judge({ name: "n", value: 1e9, unit: "ms" })).toEqual({
      name: "n",
      value: 1e9,
      unit: "ms",
      budget: null,
      ok: true,
    });
  });
});

test("the table points at what is too much", () => {
  const rows = [
    { name: "node", value: 40 },
    { name: "sign", value: 200, budget: 150 },
  ].map((row) => judge({ ...row, unit: "ms" }));
  expect(measurementTable(rows).split("\n").slice(2)).toEqual([
    "node       40.0          ms",
    "sign      200.0   150.0  ms    too much",
  ]);
});

test("the table tells ratios apart that differ by a hundredth", () => {
  const row = judge({ name: "push / curl PUT", value: 1.36, unit: "×", budget: 1.35 });
  expect(measurementTable([row]).split("\n")[2]).toBe("push / curl PUT   1.36    1.35  ×     too much");
});
