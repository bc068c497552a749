import { describe, expect, it } from "vitest";
import { expectError } from "../../../../test/support/refusal.ts";
import { registryError } from "../errors.ts";
import { Passing, type Persistence, persist, retryAfter } from "./persist.ts";

const quick: Persistence = { retries: 3, pause: 1, longestPause: 50 };
const { signal } = new AbortController();
const failed = () => registryError("REGISTRY_FAILED", "503");

describe("persist", () => {
  it("gives the result of the first attempt that succeeds", async () => {
    const seen: number[] = [];
    const result = await persist(
      async (attempt) => {
        seen.push(attempt);
        if (attempt < 3) throw attempt === 1 ? failed() : new Passing(failed());
        return "done";
      },
      quick,
      signal,
    );
    expect([result, seen]).toEqual(["done", [1, 2, 3]]);
  });

  it.each([
    ["what is refused", () => registryError("REGISTRY_REFUSED", "no"), "REGISTRY_REFUSED", 1],
    ["what stays temporary", failed, "REGISTRY_FAILED", 4],
    ["what stays passing", () => new Passing(failed()), "REGISTRY_FAILED", 4],
    [
      "what passes and is refused in the end",
      () => new Passing(registryError("CONTENT_ALTERED", "short")),
      "CONTENT_ALTERED",
      4,
    ],
  ])("ends with %s", async (_, failure, code, attempts) => {
    let seen = 0;
    const work = async () => {
      seen += 1;
      throw failure();
    };
    await expectError(code, () => persist(work, quick, signal));
    expect(seen).toBe(attempts);
  });

  it("passes on what is a mistake of ours, at once", async () => {
    let seen = 0;
    const work = async () => {
      seen += 1;
      throw new TypeError("fetch failed");
    };
    await expect(persist(work, quick, signal)).rejects.toThrow("fetch failed");
    expect(seen).toBe(1);
  });

  it("waits as long as it is asked to, and no longer than it may", async () => {
    const started = performance.now();
    const work = async (attempt: number) => {
      if (attempt === 1) throw new Passing(failed(), 3_600_000);
      return attempt;
    };
    expect(await persist(work, quick, signal)).toBe(2);
    const took = performance.now() - started;
    expect(took).toBeGreaterThan(45);
    expect(took).toBeLessThan(2000);
  });

  it("ends at once when it is aborted", async () => {
    const abort = new AbortController();
    const work = async () => {
      abort.abort(new Error("stopped"));
      throw new Passing(failed(), 60_000);
    };
    await expect(persist(work, { ...quick, longestPause: 60_000 }, abort.signal)).rejects.toThrow("stopped");
  });
});

it.each([
  [undefined, undefined],
  ["5", 5000],
  [" 0 ", 0],
  ["Fri, 20 Nov 2026 12:00:10 GMT", 10_000],
  ["Fri, 20 Nov 2026 11:00:00 GMT", 0],
  ["soon", undefined],
  ["-1", undefined],
  ["99999999999", undefined],
])("Retry-After: %s is %s ms", (value, expected) => {
  expect(retryAfter(value, Date.parse("2026-11-20T12:00:00Z"))).toBe(expected);
});
