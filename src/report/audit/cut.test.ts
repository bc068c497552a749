import { expect, it } from "vitest";
import { cut } from "./cut.ts";

const isOdd = (number: number) => number % 2 === 1;

it.each([
  [[1, 2, 3], 3, [1, 2, 3], 0],
  [[1, 2, 3, 4], 3, [1, 2, 3], 1],
  [[2, 4, 6, 7, 9], 3, [2, 7, 9], 2],
  [[1, 3, 5, 7], 2, [1, 3], 2],
  [[], 2, [], 0],
])("%j to %d entries, odd ones first, is %j", (list, limit, kept, omitted) => {
  expect(cut<number>(list, limit, isOdd)).toEqual({ kept, omitted });
});
