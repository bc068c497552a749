import { expect, it } from "vitest";
import { signingError } from "../errors.ts";
import { keylessError } from "../keyless/errors.ts";
import { failed, hear } from "./heard.ts";

const { signal } = new AbortController();
const failure = signingError("SIGNER_MISSING", "nobody signs", { details: ["one", "two", "three", "four"] });

it("a failure is an answer, and a bug is none", async () => {
  expect(await hear(signal, () => "yes")).toEqual({ said: "yes" });
  expect(
    await hear(signal, () => {
      throw failure;
    }),
  ).toEqual({ failure });
  const bug = new TypeError("a bug");
  await expect(hear(signal, () => Promise.reject(bug))).rejects.toBe(bug);
});

it("a stop is none either, whatever it made fail", async () => {
  const stop = new AbortController();
  const asking = hear(stop.signal, async () => {
    stop.abort(new Error("stopped by the user"));
    throw failure;
  });
  await expect(asking).rejects.toThrow("stopped by the user");
});

it("says what follows from a failure, and what to do", () => {
  const found = failed("signer", failure, "Nothing can be signed");
  expect(found).toMatchObject({ check: "signer", status: "failed", seen: "nobody signs one two three" });
  expect(found.advice).toBe(`Nothing can be signed. ${failure.remedy}`);
  const passing = failed("rekor", keylessError("REKOR_UNREACHABLE", "no answer"), "Nothing can be recorded");
  expect(passing.advice).toMatch(/^Nothing can be recorded\. Look at the network/);
});
