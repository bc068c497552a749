import { describe, expect, it } from "vitest";
import { knownRegistry } from "./known-registries.ts";
import { planUpload, smallerChunk, takesChunks, type UploadKnowledge } from "./upload-plan.ts";

const MiB = 1024 ** 2;
const nothing: UploadKnowledge = {
  facts: undefined,
  minChunk: 0,
  isDistribution: false,
  largestChunk: undefined,
  refusesChunks: false,
  usualChunk: 256 * MiB,
};
const distribution = { ...nothing, isDistribution: true };
const ghcr = { ...distribution, facts: knownRegistry("ghcr.io") };
const acr = { ...nothing, facts: knownRegistry("team.azurecr.io") };

describe("chunks", () => {
  it.each([
    ["auto", nothing, false],
    ["auto", distribution, true],
    ["auto", acr, true],
    ["auto", ghcr, false],
    ["auto", { ...distribution, refusesChunks: true }, false],
    ["chunked", nothing, true],
    ["chunked", ghcr, true],
    ["chunked", { ...distribution, refusesChunks: true }, false],
    ["monolithic", distribution, false],
    ["stream", distribution, true],
    ["stream", ghcr, false],
  ] as const)("in mode %s of %o: %s", (mode, knowledge, takes) => {
    expect(takesChunks(mode, knowledge)).toBe(takes);
  });

  it.each([
    [256 * MiB, distribution, { kind: "single" }],
    [256 * MiB + 1, distribution, { kind: "chunked", bytes: 256 * MiB }],
    [2 ** 40, nothing, { kind: "single" }],
    [2 ** 40, ghcr, { kind: "single" }],
    [100 * MiB, { ...distribution, largestChunk: 64 * MiB }, { kind: "chunked", bytes: 64 * MiB }],
    [2 ** 40, { ...distribution, minChunk: 300 * MiB }, { kind: "chunked", bytes: 300 * MiB }],
    [2 ** 40, { ...distribution, minChunk: 5 * MiB, largestChunk: 4 * MiB }, { kind: "chunked", bytes: 5 * MiB }],
    [0, distribution, { kind: "single" }],
  ] as const)("of %i bytes to %o: %o", (size, knowledge, plan) => {
    expect(planUpload(size, "auto", knowledge)).toEqual(plan);
  });
});

it.each([
  [2 ** 40, 0, 64 * MiB],
  [256 * MiB, 0, 64 * MiB],
  [64 * MiB, 0, 4 * MiB],
  [5 * MiB, 0, 4 * MiB],
  [4 * MiB, 0, undefined],
  [1000, 0, undefined],
  [256 * MiB, 100 * MiB, undefined],
  [64 * MiB, 5 * MiB, undefined],
])("after %i bytes were refused, with chunks of %i at least, %s are tried", (refused, minChunk, next) => {
  expect(smallerChunk(refused, minChunk)).toBe(next);
});
