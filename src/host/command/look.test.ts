import { expect, it } from "vitest";
import { lookOf } from "./look.ts";

const terminal = { isTTY: true, columns: 100 };

it.each([
  ["a terminal", terminal, {}, { width: 100, color: true }],
  ["a very wide terminal", { ...terminal, columns: 300 }, {}, { width: 120, color: true }],
  ["a terminal that does not know its width", { ...terminal, columns: 0 }, {}, { width: 80, color: true }],
  ["NO_COLOR", terminal, { NO_COLOR: "1" }, { width: 100, color: false }],
  ["an empty NO_COLOR", terminal, { NO_COLOR: "" }, { width: 100, color: true }],
  ["a dumb terminal", terminal, { TERM: "dumb" }, { width: 100, color: false }],
  ["a pipe", { isTTY: false, columns: 100 }, {}, { width: 80, color: false }],
])("%s", (_, stream, env, look) => {
  expect(lookOf(stream, env)).toEqual(look);
});
