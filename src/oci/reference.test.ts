import { resolve } from "node:path";
import * as fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { expectError } from "../../test/support/refusal.ts";
import { SlipwayError } from "../errors/index.ts";
import type { Digest } from "./digest.ts";
import { formatReference, isTag, parseReference, type Reference, requireDigest } from "./reference.ts";

const hex = "0123456789abcdef".repeat(4);
const digest: Digest = `sha256:${hex}`;
const base = "/work";
const longTag = "t".repeat(128);

describe("layout references", () => {
  test.each([
    ["oci:store", "store", undefined, undefined],
    ["oci:store:1.0.0-jetson", "store", "1.0.0-jetson", undefined],
    [`oci:store@${digest}`, "store", undefined, digest],
    [`oci:store:v1@${digest}`, "store", "v1", digest],
    ["oci:/abs/store:v1", "/abs/store", "v1", undefined],
    ["oci:./a/../b", "./a/../b", undefined, undefined],
    ["oci:../../outside:v1", "../../outside", "v1", undefined],
    ["oci:/", "/", undefined, undefined],
    ["oci:.", ".", undefined, undefined],
    ["oci:a:b", "a", "b", undefined],
    ["oci:a:b:c", "a:b", "c", undefined],
    ["oci:a:b/", "a:b/", undefined, undefined],
    ["oci:2026-01-02T03:04:05/store", "2026-01-02T03:04:05/store", undefined, undefined],
    ["oci:C:/models:v1", "C:/models", "v1", undefined],
    ["oci:me@host/store:v1", "me@host/store", "v1", undefined],
    ["oci:store@v1", "store@v1", undefined, undefined],
    ["oci:store@", "store@", undefined, undefined],
    ["oci:sto re:v1", "sto re", "v1", undefined],
    ["oci:oci:v1", "oci", "v1", undefined],
    ["oci:registry.example:5000/path:v1", "registry.example:5000/path", "v1", undefined],
    [`oci:store:${longTag}`, "store", longTag, undefined],
    [`oci:store:_${hex}`, "store", `_${hex}`, undefined],
    ["oci:модель:v1", "модель", "v1", undefined],
  ])("%s", (text, written, tag, found) => {
    const reference = parseReference(text, base);
    expect(reference).toEqual({ kind: "layout", directory: resolve(base, written), written, tag, digest: found });
    expect(formatReference(reference)).toBe(text);
  });

  it("with a colon in its last directory is never read back as a tag", () => {
    const reference = { ...parseReference("oci:/models/12:30:v1", base), tag: undefined, digest };
    const text = formatReference(reference);
    expect(text).toBe(`oci:/models/12:30/@${digest}`);
    expect(parseReference(text, base)).toMatchObject({ directory: "/models/12:30", tag: undefined, digest });
  });
});

describe("registry references", () => {
  test.each([
    ["registry.example/model", "registry.example", "model", undefined],
    ["registry.example/team/model/part:1.0.0-rc.1", "registry.example", "team/model/part", "1.0.0-rc.1"],
    ["registry.example:5000/model:v1", "registry.example:5000", "model", "v1"],
    ["registry.example:5000/model", "registry.example:5000", "model", undefined],
    ["localhost/model", "localhost", "model", undefined],
    ["localhost:5000/model", "localhost:5000", "model", undefined],
    ["host:1/model", "host:1", "model", undefined],
    ["host:65535/model", "host:65535", "model", undefined],
    ["127.0.0.1:5000/model", "127.0.0.1:5000", "model", undefined],
    ["[::1]/model:v1", "[::1]", "model", "v1"],
    ["[2001:db8::1]:5000/model:v1", "[2001:db8::1]:5000", "model", "v1"],
    ["xn--nxasmq6b.example/a__b/c-d/e---f/g.h/i_j", "xn--nxasmq6b.example", "a__b/c-d/e---f/g.h/i_j", undefined],
    [`registry.example/model:${longTag}`, "registry.example", "model", longTag],
    ["docker.io/library/alpine:latest", "docker.io", "library/alpine", "latest"],
  ])("%s", (text, host, path, tag) => {
    for (const found of [undefined, digest]) {
      const whole = found === undefined ? text : `${text}@${found}`;
      const reference = parseReference(whole, base);
      expect(reference).toEqual({ kind: "registry", host, path, tag, digest: found });
      expect(formatReference(reference)).toBe(whole);
    }
  });
});

describe("refused", () => {
  test.each([
    "",
    " ",
    "model",
    "model:v1",
    "team/model",
    "team/model:v1",
    "/abs/store",
    "./store:v1",
    "../store",
    "registry.example",
    "registry.example:5000",
    "registry.example/",
    "registry.example//model",
    "registry.example/model/",
    "registry.example/model:",
    "registry.example/model:-v1",
    "registry.example/model:.v1",
    "registry.example/model:v1+build",
    "registry.example/model:v 1",
    "registry.example/model:v1\n",
    `registry.example/model:${longTag}t`,
    "registry.example/Model",
    "registry.example/../model",
    "registry.example/a/../../model",
    "registry.example/./model",
    "registry.example/a..b",
    "registry.example/a___b",
    "registry.example/-a",
    "registry.example/a%2e%2e/b",
    "registry.example/a?x=y",
    "registry.example/a#b",
    "registry.example/a\\b",
    `registry.example/${"a".repeat(256)}`,
    "registry.example:0/model",
    "registry.example:65536/model",
    "registry.example:99999999/model",
    "registry.example:port/model",
    "registry.example:/model",
    "-registry.example/model",
    "registry-.example/model",
    "registry..example/model",
    ".registry.example/model",
    "user@registry.example/model",
    "user:secret@registry.example/model",
    "[::1/model",
    "[::1]5000/model",
    "[::1%eth0]/model",
    "[]/model",
    "::1/model",
    "http://registry.example/model",
    "docker://registry.example/model",
    "oci://registry.example/model:v1",
    "oci:///abs/store",
    "OCI:store",
    "oci-archive:file.tar",
    "oci:",
    "oci::v1",
    `oci:@${digest}`,
    `oci::v1@${digest}`,
    "oci:store:",
    "oci:store:v1:",
    "oci:store: ",
    "oci:store:v1+build",
    "oci:store\0:v1",
    `oci:store:${longTag}t`,
    `oci:store@sha256:${hex.slice(1)}`,
    `oci:store@sha256:${hex}0`,
    `oci:store@sha256:${hex.toUpperCase()}`,
    `oci:store@SHA256:${hex}`,
    `oci:store@sha256:${hex.replace("0", "g")}`,
    `oci:store@sha256:${hex}\n`,
    `oci:store@sha512:${hex}${hex}`,
    `oci:store@sha256:`,
    `oci:store:v1@sha256:..`,
    `oci:store@${digest}:v1`,
    `oci:store@${digest}@${digest}`,
    `registry.example/model@${digest}@${digest}`,
    `registry.example/model@sha1:${hex.slice(0, 40)}`,
    `registry.example/model@${hex}`,
    `@${digest}`,
    digest,
  ])("%j", async (text) => {
    const error = await expectError("REFERENCE_INVALID", () => parseReference(text, base));
    expect(error.family).toBe("configuration");
  });

  it("a registry as Helm writes it is told from a directory", async () => {
    const error = await expectError("REFERENCE_INVALID", () => parseReference("oci://registry.example/model", base));
    expect(error.remedy).toContain("Leave out oci://");
  });
});

describe("for any text", () => {
  const tag = fc.stringMatching(/^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}$/);
  const digests = fc.stringMatching(/^[0-9a-f]{64}$/).map((digits): Digest => `sha256:${digits}`);
  const end = { tag: fc.option(tag, { nil: undefined }), digest: fc.option(digests, { nil: undefined }) };
  const component = fc.stringMatching(/^[a-z0-9]{1,8}((\.|_|__|-{1,3})[a-z0-9]{1,4}){0,2}$/);
  const label = fc.stringMatching(/^[a-zA-Z0-9]([a-zA-Z0-9-]{0,5}[a-zA-Z0-9])?$/);
  const registry: fc.Arbitrary<Reference> = fc.record({
    kind: fc.constant("registry" as const),
    host: fc.oneof(
      fc.tuple(label, label).map((labels) => labels.join(".")),
      fc.tuple(label, fc.integer({ min: 1, max: 65_535 })).map(([name, port]) => `${name}:${port}`),
      fc.ipV6().map((address) => `[${address.replace(/:(\d+\.){3}\d+$/, ":1")}]`),
      fc.constant("localhost"),
    ),
    path: fc.array(component, { minLength: 1, maxLength: 4 }).map((parts) => parts.join("/")),
    ...end,
  });
  const layout: fc.Arbitrary<Reference> = fc
    .record({ written: fc.stringMatching(/^[a-zA-Z0-9._@ :é-]{1,6}(\/[a-zA-Z0-9._@ :é-]{1,6}){0,3}\/?$/), ...end })
    .map(({ written, ...rest }) => ({ kind: "layout", directory: resolve(base, written), written, ...rest }));

  it("a registry reference is what its text says", () => {
    void fc.assert(
      fc.property(registry, (reference) => {
        expect(parseReference(formatReference(reference), base)).toEqual(reference);
      }),
    );
  });

  it("a layout reference leads to the same directory, tag and digest", () => {
    void fc.assert(
      fc.property(layout, (reference) => {
        const { directory, tag, digest } = parseReference(formatReference(reference), base) as typeof reference & {
          directory: string;
        };
        expect({ kind: "layout", directory, tag, digest }).toEqual({ ...reference, written: undefined });
      }),
    );
  });

  it("what is accepted is written back as it was; anything else is a REFERENCE_INVALID", () => {
    const pieces = fc.constantFrom(
      "oci:",
      ":",
      "/",
      "@",
      "..",
      digest,
      "sha256:",
      "a",
      "B",
      "registry.example",
      " ",
      "\n",
      "\0",
      "[",
      "]",
    );
    const texts = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.array(pieces, { maxLength: 12 }).map((parts) => parts.join("")),
    );
    void fc.assert(
      fc.property(texts, (text) => {
        try {
          expect(formatReference(parseReference(text, base))).toBe(text);
        } catch (error) {
          if (!(error instanceof SlipwayError)) throw error;
          expect(error.code).toBe("REFERENCE_INVALID");
        }
      }),
      { numRuns: 3000 },
    );
  });

  it("long texts are answered quickly", () => {
    const started = performance.now();
    for (const piece of ["a", "a-", "a.", "a/", ":", "@", "@sha256:", "_", "[", "a__"]) {
      for (const text of [
        piece.repeat(50_000),
        `oci:${piece.repeat(50_000)}@${digest}`,
        `r.example/${piece.repeat(50_000)}!`,
      ]) {
        try {
          parseReference(text, base);
        } catch (error) {
          expect(error).toBeInstanceOf(SlipwayError);
        }
      }
    }
    expect(performance.now() - started).toBeLessThan(2000);
  });
});

test("a digest is required where only it says what is meant", async () => {
  expect(requireDigest(parseReference(`oci:store:v1@${digest}`, base))).toBe(digest);
  const error = await expectError("DIGEST_REQUIRED", () => requireDigest(parseReference("oci:store:v1", base)));
  expect(error.message).toBe("oci:store:v1 has no digest");
});

test.each([
  ["v1", true],
  ["_", true],
  [longTag, true],
  [`${longTag}t`, false],
  ["", false],
  ["v1\n", false],
  ["é", false],
])("is %j a tag?", (text, answer) => {
  expect(isTag(text)).toBe(answer);
});
