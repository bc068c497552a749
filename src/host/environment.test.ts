import { tmpdir } from "node:os";
import { describe, expect, it } from "vitest";
import { firstDirectory, githubRun, localRun, sourceDateEpoch, tektonRun } from "./environment.ts";

const refused = (message: string) => expect.objectContaining({ code: "ENVIRONMENT_INVALID", message });

describe("sourceDateEpoch", () => {
  it.each([
    [undefined, undefined],
    ["", undefined],
    ["0", 0],
    ["1763700000", 1_763_700_000],
    ["253402300799", 253_402_300_799],
  ])("%j is %j", (text, seconds) => {
    expect(sourceDateEpoch({ SOURCE_DATE_EPOCH: text })).toBe(seconds);
  });

  it.each(["-1", "1.5", "1e9", " 1", "2026-11-21", "253402300800", "99999999999999999999"])("refuses %j", (text) => {
    expect(() => sourceDateEpoch({ SOURCE_DATE_EPOCH: text })).toThrow(
      refused(`SOURCE_DATE_EPOCH is "${text}"; expected seconds since 1970`),
    );
  });
});

describe("run identities", () => {
  it("on GitHub has the page of the attempt", () => {
    expect(
      githubRun({
        GITHUB_RUN_ID: "123",
        GITHUB_RUN_ATTEMPT: "2",
        GITHUB_SERVER_URL: "https://github.example",
        GITHUB_REPOSITORY: "o/r",
      }),
    ).toEqual({ id: "123", attempt: 2, url: "https://github.example/o/r/actions/runs/123/attempts/2" });
  });

  it("on GitHub does without page and attempt", () => {
    expect(githubRun({ GITHUB_RUN_ID: "1" })).toEqual({ id: "1", attempt: 1, url: undefined });
  });

  it("on Tekton counts attempts from the retries", () => {
    expect(tektonRun({ SLIPWAY_RUN_ID: "0a-1B_./x", SLIPWAY_RETRY_COUNT: "3" })).toEqual({
      id: "0a-1Bx",
      attempt: 4,
      url: undefined,
    });
    expect(tektonRun({ SLIPWAY_RUN_ID: "0a" }).attempt).toBe(1);
  });

  it("fits into a tag when it is local", () => {
    const digits = [0, 0.5, 0.999, 0.3];
    expect(localRun(new Date(1_763_700_000_000), () => digits.shift() ?? 0)).toEqual({
      id: "local-mi8dfxmo-0iza",
      attempt: 1,
      url: undefined,
    });
  });

  it("is never made up", () => {
    expect(() => githubRun({})).toThrow(
      refused("GITHUB_RUN_ID is not set; evidence has to name the run that wrote it"),
    );
    expect(() => tektonRun({ SLIPWAY_RUN_ID: "__" })).toThrow(refused(expect.stringContaining("SLIPWAY_RUN_ID")));
    expect(() => tektonRun({ SLIPWAY_RUN_ID: "a", SLIPWAY_RETRY_COUNT: "x" })).toThrow(
      refused('SLIPWAY_RETRY_COUNT is "x"; expected a whole number'),
    );
  });
});

describe("firstDirectory", () => {
  it.each([
    ["named and there", tmpdir(), tmpdir()],
    ["named and missing", "/no/such/directory", "/"],
    ["empty", "", "/"],
    ["not named", undefined, "/"],
  ])("takes a directory that is %s", (_, named, directory) => {
    expect(firstDirectory(named, "/")).toBe(directory);
  });
});
