import * as fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { expectError } from "../../test/support/refusal.ts";
import { SlipwayError } from "../errors/index.ts";
import { digestOf } from "./digest.ts";
import { encodeManifest, type Manifest, parseIndex, parseManifest } from "./manifest.ts";
import { emptyJson, maxManifestBytes, mediaType } from "./media-types.ts";

const descriptor = { mediaType: "text/plain", digest: digestOf("x"), size: 1 };
const manifest: Manifest = {
  schemaVersion: 2,
  mediaType: mediaType.manifest,
  artifactType: "application/vnd.example.model",
  config: emptyJson.descriptor,
  layers: [{ ...descriptor, annotations: { "org.opencontainers.image.title": "a" } }],
  subject: descriptor,
  annotations: { a: "b" },
};
const index = { schemaVersion: 2, mediaType: mediaType.index, manifests: [descriptor], annotations: {} };

const bytesOf = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

describe("well-formed", () => {
  it("a manifest is read as it was written, and equal manifests are equal bytes", () => {
    const bytes = encodeManifest(manifest);
    expect(parseManifest(bytes, "it")).toEqual(manifest);
    expect(encodeManifest(parseManifest(bytes, "it"))).toEqual(bytes);
  });

  it("what other tools and later specifications add is tolerated, and left out", () => {
    const layer = {
      ...descriptor,
      urls: ["https://example.com"],
      platform: { os: "linux" },
      data: "eA==",
      future: [1],
    };
    const parsed = parseManifest(bytesOf({ ...manifest, layers: [layer], future: { deep: [] } }), "it");
    expect(parsed).toEqual({ ...manifest, layers: [descriptor] });
    expect(parseIndex(bytesOf({ ...index, future: 1 }), "it")).toEqual(index);
  });

  it("neither need name its media type; a manifest may have no layers", () => {
    const { mediaType: _, ...untyped } = index;
    expect(parseIndex(bytesOf(untyped), "it")).toEqual(untyped);
    const { mediaType: __, ...untypedManifest } = manifest;
    expect(parseManifest(bytesOf(untypedManifest), "it")).toEqual(untypedManifest);
    expect(parseManifest(bytesOf({ ...manifest, layers: [] }), "it").layers).toEqual([]);
  });

  it("names that mean something to JavaScript are only names", () => {
    const text = JSON.stringify({ ...manifest, annotations: {} }).replace(
      '"annotations":{}}',
      '"annotations":{"__proto__":"x","constructor":"y"},"__proto__":{"layers":[]}}',
    );
    const parsed = parseManifest(new TextEncoder().encode(text), "it");
    expect(parsed.layers).toHaveLength(1);
    expect(Object.getPrototypeOf(parsed.annotations)).toBe(Object.prototype);
    expect(parsed.annotations?.["constructor"]).toBe("y");
  });
});

describe("malformed manifests", () => {
  const bad = (change: object): unknown => ({ ...manifest, ...change });
  const layer = (change: object): unknown => bad({ layers: [{ ...descriptor, ...change }] });
  const long = "a".repeat(127);
  const cases: [string, unknown, string][] = [
    ["null", null, ""],
    ["a list", [], ""],
    ["a text", "manifest", ""],
    ["nothing", {}, "schemaVersion"],
    ["an index", index, "mediaType"],
    ["schema version 1", bad({ schemaVersion: 1 }), "schemaVersion"],
    ["schema version as text", bad({ schemaVersion: "2" }), "schemaVersion"],
    ["Docker's media type", bad({ mediaType: "application/vnd.docker.distribution.manifest.v2+json" }), "mediaType"],
    ["an artifact type that is none", bad({ artifactType: "model" }), "artifactType"],
    ["no config", bad({ config: undefined }), "config"],
    ["no layers", bad({ layers: undefined }), "layers"],
    ["layers that are no list", bad({ layers: { 0: descriptor } }), "layers"],
    ["a layer that is null", bad({ layers: [null] }), "layers.0"],
    ["20 001 layers", bad({ layers: Array.from({ length: 20_001 }, () => descriptor) }), "layers"],
    ["no digest", layer({ digest: undefined }), "layers.0.digest"],
    ["an empty digest", layer({ digest: "" }), "layers.0.digest"],
    ["an upper-case digest", layer({ digest: `sha256:${"A".repeat(64)}` }), "layers.0.digest"],
    ["a short digest", layer({ digest: "sha256:abc" }), "layers.0.digest"],
    ["sha512", layer({ digest: `sha512:${"a".repeat(128)}` }), "layers.0.digest"],
    ["a digest that leaves the directory", layer({ digest: "sha256:../../../etc/passwd" }), "layers.0.digest"],
    ["a digest with a line break", layer({ digest: `${descriptor.digest}\n` }), "layers.0.digest"],
    ["no size", layer({ size: undefined }), "layers.0.size"],
    ["a negative size", layer({ size: -1 }), "layers.0.size"],
    ["half a byte", layer({ size: 1.5 }), "layers.0.size"],
    ["a size as text", layer({ size: "1" }), "layers.0.size"],
    ["a size that no number can hold", layer({ size: 2 ** 53 }), "layers.0.size"],
    ["no media type of a layer", layer({ mediaType: undefined }), "layers.0.mediaType"],
    ["a media type without a slash", layer({ mediaType: "text" }), "layers.0.mediaType"],
    ["a media type with two lines", layer({ mediaType: "text/plain\nX: y" }), "layers.0.mediaType"],
    ["a media type that is too long", layer({ mediaType: `text/${long}a` }), "layers.0.mediaType"],
    ["annotations that are no texts", layer({ annotations: { a: 1 } }), "layers.0.annotations.a"],
    ["annotations that are a list", bad({ annotations: ["a"] }), "annotations"],
    ["a subject that is a digest", bad({ subject: descriptor.digest }), "subject"],
  ];
  test.each(cases)("%s", async (_, value, place) => {
    const error = await expectError("MANIFEST_INVALID", () => parseManifest(bytesOf(value), "release 1"));
    expect(error.family).toBe("refused");
    expect(error.message).toMatch(new RegExp(`^release 1: ${place}${place === "" ? "" : ": "}\\w`));
    expect(error.message.length).toBeLessThan(400);
  });

  test.each<[string, Uint8Array]>([
    ["nothing", new Uint8Array()],
    ["half of one", encodeManifest(manifest).slice(0, 100)],
    ["one and a half", Buffer.concat([encodeManifest(manifest), Buffer.from("{")])],
    ["a byte order mark in UTF-16", Buffer.from(JSON.stringify(manifest), "utf16le")],
    [
      "a byte that is not UTF-8",
      Buffer.from(Buffer.from(JSON.stringify(manifest)).map((byte) => (byte === 0x62 ? 0xff : byte))),
    ],
    ["nested deeper than any stack", Buffer.from("[".repeat(1_000_000))],
    ["nested and closed", Buffer.from(`${"[".repeat(1_000_000)}${"]".repeat(1_000_000)}`)],
  ])("%s", async (_, bytes) => {
    for (const parse of [parseManifest, parseIndex]) await expectError("MANIFEST_INVALID", () => parse(bytes, "it"));
  });

  it("a name of megabytes does not make a message of megabytes", async () => {
    const value = { ...manifest, annotations: { ["x".repeat(1_000_000)]: 1 } };
    const error = await expectError("MANIFEST_INVALID", () => parseManifest(bytesOf(value), "it"));
    expect(error.message.length).toBeLessThan(400);
  });
});

describe("malformed indexes", () => {
  test.each<[string, object]>([
    ["a manifest", { ...manifest }],
    ["no manifests", { ...index, manifests: undefined }],
    ["another media type", { ...index, mediaType: mediaType.manifest }],
    ["an entry without a size", { ...index, manifests: [{ ...descriptor, size: undefined }] }],
    ["20 001 entries", { ...index, manifests: Array.from({ length: 20_001 }, () => descriptor) }],
  ])("%s", async (_, value) => {
    await expectError("MANIFEST_INVALID", () => parseIndex(bytesOf(value), "it"));
  });
});

describe("4 MiB", () => {
  const padded = (size: number): Manifest => {
    const empty = encodeManifest({ ...manifest, annotations: { pad: "" } }).length;
    return { ...manifest, annotations: { pad: "x".repeat(size - empty) } };
  };

  it("are written and read, one byte more is not", async () => {
    const bytes = encodeManifest(padded(maxManifestBytes));
    expect(bytes).toHaveLength(maxManifestBytes);
    expect(parseManifest(bytes, "it").layers).toEqual(manifest.layers);
    const error = await expectError("MANIFEST_TOO_LARGE", () => encodeManifest(padded(maxManifestBytes + 1)));
    expect(error.family).toBe("configuration");
    await expectError("MANIFEST_INVALID", () => parseManifest(Buffer.concat([bytes, Buffer.from(" ")]), "it"));
  });
});

describe("whatever is read", () => {
  const onlySlipwayErrors = (bytes: Uint8Array): void => {
    for (const parse of [parseManifest, parseIndex]) {
      try {
        parse(bytes, "it");
      } catch (error) {
        expect(error).toBeInstanceOf(SlipwayError);
        expect(error).toMatchObject({ code: "MANIFEST_INVALID" });
      }
    }
  };

  it("bytes", () => {
    void fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), onlySlipwayErrors));
  });

  it("JSON", () => {
    void fc.assert(fc.property(fc.jsonValue(), (value) => onlySlipwayErrors(bytesOf(value))));
  });

  it("a manifest with one member that is anything", () => {
    const members = fc.constantFrom(...Object.keys(manifest), "manifests");
    void fc.assert(
      fc.property(members, fc.jsonValue(), (member, value) =>
        onlySlipwayErrors(bytesOf({ ...manifest, [member]: value })),
      ),
      { numRuns: 500 },
    );
  });

  it("a manifest with any byte changed", () => {
    const bytes = encodeManifest(manifest);
    void fc.assert(
      fc.property(fc.nat({ max: bytes.length - 1 }), fc.integer({ min: 1, max: 255 }), (position, bits) => {
        onlySlipwayErrors(bytes.map((byte, at) => (at === position ? byte ^ bits : byte)));
      }),
      { numRuns: 500 },
    );
  });
});
