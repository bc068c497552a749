import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { adrMetadata, encodeMetadata, parseMetadata } from "./metadata.ts";
import type { ModelDeclaration } from "./model-schema.ts";
import { parseModelYaml } from "./model-yaml.ts";
import { findTagCollisions } from "./tag-collisions.ts";

const lower = [..."abcdefghijklmnopqrstuvwxyz0123456789"];

function word(maxLength: number): fc.Arbitrary<string> {
  return fc.string({ unit: fc.constantFrom(...lower), minLength: 1, maxLength });
}

/** Anything that fits into one line, also what needs quotes in YAML. */
const line = fc
  .oneof(
    fc.string({ unit: "binary", minLength: 1, maxLength: 40 }),
    fc.constantFrom(
      "null",
      "true",
      "~",
      "1.10",
      "- a",
      "a: b",
      "#",
      "'",
      '"',
      "*a",
      "&a",
      "!a",
      "<<",
      "@",
      "0x10",
      "𝄞",
    ),
  )
  .map((text) => text.replace(/[\p{Cc}\u2028\u2029]/gu, "").trim())
  .filter((text) => text !== "" && text.isWellFormed() && !text.includes("@"));

const preRelease = fc.array(
  fc.oneof(
    fc.nat(99).map(String),
    fc.string({ unit: fc.constantFrom(...lower.slice(0, 26), "A", "Z", "-"), minLength: 1, maxLength: 4 }),
  ),
  { maxLength: 3 },
);

const arbitraryVersion = fc
  .tuple(fc.nat(999), fc.nat(999), fc.nat(999), preRelease)
  .map(([major, minor, patch, parts]) => `${major}.${minor}.${patch}${parts.length === 0 ? "" : `-${parts.join(".")}`}`)
  .filter((version) => findTagCollisions({ version, variants: [] }).length === 0);

const arbitraryVariantName = word(32).filter((name) => name !== "__proto__");

const name = fc.array(word(12), { minLength: 1, maxLength: 4 }).map((parts) => parts.join("/"));
const path = fc.array(word(8), { minLength: 1, maxLength: 3 }).map((parts) => parts.join("/"));
const shape = fc.array(fc.oneof(fc.constant(-1), fc.integer({ min: 1 })), { minLength: 1, maxLength: 4 });
// A prefix keeps capabilities from being versions, or "latest", or each other's aliases.
const capability = word(8).map((text) => `c.${text}`);
const number = fc
  .double({ noNaN: true, noDefaultInfinity: true })
  .map((value) => value + 0)
  // Whole numbers that a double does not hold exactly are refused.
  .filter((value) => !Number.isInteger(value) || Number.isSafeInteger(value) || Math.abs(value) >= 1e21);
const scalar = fc.oneof(fc.string(), fc.boolean(), number);
const digit = fc.constantFrom(..."0123456789abcdef");

function partial<T extends Record<string, fc.Arbitrary<unknown>>>(shape: T) {
  return fc.record(shape, { requiredKeys: [] });
}

const provenance = partial({
  trainingRun: line,
  dataset: fc.record(
    {
      name: line,
      version: line,
      uri: line,
      digest: fc.string({ unit: digit, minLength: 64, maxLength: 64 }).map((hex) => `sha256:${hex}`),
    },
    { requiredKeys: ["name"] },
  ),
  trainedAt: fc
    .date({ min: new Date(0), max: new Date("9999-12-31"), noInvalidDate: true })
    .map((date) => date.toISOString()),
  trainedBy: line,
  codeCommit: fc.string({ unit: digit, minLength: 40, maxLength: 40 }),
  codeRepository: line,
  baseModel: line,
  hyperparameters: fc.dictionary(word(10), scalar, { maxKeys: 4 }),
});

const variant = fc.record({
  path,
  model: fc.record(
    {
      format: word(10),
      precision: word(6),
      inputShape: shape,
      outputShape: shape,
      vramGB: fc.double({ min: 0, max: 1e6, noNaN: true }).map((n) => n + 0),
      latencyMs: fc.double({ min: 1e-6, max: 1e6, noNaN: true }),
    },
    { requiredKeys: ["format", "precision"] },
  ),
  capabilities: fc.uniqueArray(capability, { maxLength: 4 }),
  deployment: fc.record(
    {
      targets: fc.uniqueArray(word(12), { minLength: 1, maxLength: 3 }),
      minCudaVersion: fc.tuple(fc.nat(20), fc.nat(20)).map((parts) => parts.join(".")),
      minTensorRTVersion: fc.tuple(fc.nat(20), fc.nat(20), fc.nat(20)).map((parts) => parts.join(".")),
      platform: fc.constantFrom("linux/amd64", "linux/arm64/v8"),
      runtimes: fc.dictionary(word(8), fc.constantFrom(">=0.9", "^1.2.3", "1.x || >=2.0.0-rc.1", "*"), { maxKeys: 3 }),
    },
    { requiredKeys: ["targets"] },
  ),
});

const arbitraryDeclaration: fc.Arbitrary<ModelDeclaration> = fc.record(
  {
    name,
    version: arbitraryVersion,
    owner: line,
    modelCard: path,
    licence: fc.constantFrom("Apache-2.0", "MIT OR (GPL-2.0-only WITH Classpath-exception-2.0)", "LicenseRef-own"),
    description: fc
      .string({ unit: "binary", minLength: 1, maxLength: 200 })
      .map((text) => `a${text.replace(/[^\P{Cc}\n\t]/gu, "")}`)
      .filter((text) => text.isWellFormed()),
    source: fc.record({ kind: fc.constant("directory" as const), path }),
    provenance,
    variants: fc.dictionary(arbitraryVariantName, variant, { minKeys: 1, maxKeys: 3 }),
  },
  { requiredKeys: ["name", "version", "owner", "modelCard", "licence", "variants"] },
);

describe("any declaration", () => {
  it("written as YAML is read back", () => {
    fc.assert(
      fc.property(arbitraryDeclaration, fc.boolean(), fc.boolean(), (any, flow, windows) => {
        const text = stringify(any, flow ? { collectionStyle: "flow", lineWidth: 0 } : { lineWidth: 40 });
        const written = windows ? `\ufeff${text.replaceAll("\n", "\r\n")}` : text;
        expect(parseModelYaml(written, "model.yaml")).toEqual(any);
      }),
      { numRuns: 300 },
    );
  });

  it("gives the same metadata bytes in whatever order its keys stand, and they read back", () => {
    fc.assert(
      fc.property(arbitraryDeclaration, (any) => {
        for (const variant of Object.keys(any.variants)) {
          const encoded = encodeMetadata(adrMetadata(any, variant));
          const again = parseMetadata(encoded);
          expect(again).toEqual(adrMetadata(any, variant));
          expect(encodeMetadata(again)).toEqual(encoded);
          expect(encodeMetadata(adrMetadata(reversed(any), variant))).toEqual(encoded);
        }
      }),
    );
  });
});

/** The same declaration with the keys of every mapping in reverse order. */
function reversed<T>(value: T): T;
function reversed(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, child]) => [key, reversed(child)]),
  );
}
