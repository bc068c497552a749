import { expect, it } from "vitest";
import { SlipwayError } from "../../../errors/index.ts";
import { explainTransport } from "./exchange.ts";

const url = new URL("https://registry.example/v2/");

function explained(code: string): unknown {
  return explainTransport(Object.assign(new Error("what happened"), { code }), url);
}

it.each([
  ["STALLED", "nothing moved for a minute"],
  ["UNANSWERED", "no answer came in time"],
  ["UNCONNECTED", "it could not be made in time"],
  ["ECONNRESET", "it was cut"],
  ["ENOTFOUND", "there is no host of this name"],
  ["EHOSTUNREACH", "what happened"],
  ["UND_ERR_HEADERS_TIMEOUT", "no answer came in time"],
])("says of %s that the registry cannot be reached, which may pass", (code, words) => {
  const error = explained(code);
  if (!(error instanceof SlipwayError)) throw new Error(`${code} was left as it was`);
  expect([error.code, error.family]).toEqual(["REGISTRY_UNREACHABLE", "temporary"]);
  expect(error.message).toBe(`the connection to registry.example failed: ${words}`);
});

it.each(["ERR_INVALID_ARG_TYPE", "ERR_OUT_OF_RANGE"])("leaves %s, which is ours, as it is", (code) => {
  expect(explained(code)).not.toBeInstanceOf(SlipwayError);
});
