import { resolve } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { SlipwayError } from "../../errors/index.ts";
import { type Descriptor, type Digest, digestOf, type Manifest, parseManifest } from "../../oci/index.ts";
import { isFormC, readFormC } from "./read.ts";

const weight = "application/vnd.cncf.model.weight.v1.raw";
const title = "org.opencontainers.image.title";
const filepath = "org.cncf.model.filepath";
const metadata = "org.cncf.model.file.metadata+json";

function layer(annotations: Record<string, string>, changes: Partial<Descriptor> = {}): Manifest["layers"][number] {
  return { mediaType: weight, digest: digestOf(JSON.stringify(annotations)), size: 1, annotations, ...changes };
}

function manifest(layers: Manifest["layers"], changes: Partial<Manifest> = {}): Manifest {
  return {
    schemaVersion: 2,
    mediaType: "application/vnd.oci.image.manifest.v1+json",
    artifactType: "application/vnd.cncf.model.manifest.v1+json",
    config: { mediaType: "application/vnd.cncf.model.config.v1+json", digest: digestOf("config"), size: 6 },
    layers,
    annotations: {
      "io.slipway.model.name": "retina",
      "io.slipway.model.version": "1.0.0",
      "io.slipway.model.variant": "jetson",
    },
    ...changes,
  };
}

function refusalOf(read: Manifest): { code: string; message: string } {
  try {
    readFormC(read, "it");
  } catch (error) {
    if (error instanceof SlipwayError) return error;
    throw error;
  }
  throw new Error("the manifest was accepted");
}

const paths = (...names: string[]) => manifest(names.map((name) => layer({ [filepath]: name })));

describe("what is read", () => {
  test("name, version, variant, config, files and the sum of their sizes", () => {
    const first = layer({ [title]: "a/b", [filepath]: "a/b", [metadata]: '{"mode":420,"typeflag":0}' }, { size: 10 });
    const second = layer({ [filepath]: "c", [metadata]: '{"mode":493,"typeflag":0}' }, { size: 32 });
    const read = manifest([first, second]);
    expect(readFormC(read, "it")).toEqual({
      name: "retina",
      version: "1.0.0",
      variant: "jetson",
      config: read.config,
      files: [
        { path: "a/b", mode: 0o644, blob: first },
        { path: "c", mode: 0o755, blob: second },
      ],
      size: 42,
    });
  });

  test("every kind of raw layer", () => {
    const kinds = ["weight", "weight.config", "doc", "code", "dataset"];
    const layers = kinds.map((kind) =>
      layer({ [filepath]: kind }, { mediaType: `application/vnd.cncf.model.${kind}.v1.raw` }),
    );
    expect(readFormC(manifest(layers), "it").files).toHaveLength(kinds.length);
  });

  test.each([
    ['{"mode":420,"typeflag":0}', 0o644],
    ['{"mode":493,"typeflag":0}', 0o755],
    // modctl writes the number of Go's byte '0'.
    ['{"mode":493,"typeflag":48}', 0o755],
    ['{"mode":0,"typeflag":0}', 0o644],
    ['{"mode":64,"typeflag":0}', 0o755],
    // Only the owner's execute bit is kept: no set-user-id, and nothing that everybody may write.
    ['{"mode":4095,"typeflag":0}', 0o755],
    ['{"mode":2495,"typeflag":0}', 0o644],
    ['{"name":"x","mode":33188,"uid":1000,"gid":1000,"size":1,"mtime":"2026-01-01T00:00:00Z","typeflag":0}', 0o644],
  ])("file metadata %s means mode %o", (text, mode) => {
    expect(readFormC(manifest([layer({ [filepath]: "a", [metadata]: text })]), "it").files[0]?.mode).toBe(mode);
  });

  test("a layer without file metadata is an ordinary file", () => {
    expect(readFormC(paths("a"), "it").files[0]?.mode).toBe(0o644);
  });
});

describe("FORM_UNSUPPORTED", () => {
  const named = manifest([]).annotations ?? {};
  test.each<[string, Partial<Manifest>]>([
    ["no artifactType", { artifactType: undefined }],
    ["an image's artifactType", { artifactType: "application/vnd.oci.image.config.v1+json" }],
    ["a bundle's artifactType", { artifactType: "application/vnd.dev.sigstore.bundle.v0.3+json" }],
    [
      "a foreign config",
      { config: { mediaType: "application/vnd.oci.empty.v1+json", digest: digestOf("{}"), size: 2 } },
    ],
    ["no annotations", { annotations: undefined }],
  ])("%s", (_, changes) => {
    const foreign = manifest([layer({ [filepath]: "a" })], changes);
    expect(isFormC(foreign)).toBe(false);
    expect(refusalOf(foreign)).toMatchObject({
      code: "FORM_UNSUPPORTED",
      message: expect.stringMatching(/^it is not a model release/),
    });
  });

  test.each([["name"], ["version"], ["variant"]])("no %s", (missing) => {
    const annotations = Object.fromEntries(
      Object.entries(named).filter(([key]) => key !== `io.slipway.model.${missing}`),
    );
    expect(refusalOf(manifest([], { annotations })).code).toBe("FORM_UNSUPPORTED");
  });

  test.each([
    ["application/vnd.cncf.model.weight.v1.tar"],
    ["application/vnd.cncf.model.weight.v1.tar+gzip"],
    ["application/vnd.cncf.model.code.v1.tar+zstd"],
    ["application/vnd.oci.image.layer.v1.tar"],
    ["application/octet-stream"],
  ])("a layer of type %s", (mediaType) => {
    const read = manifest([layer({ [filepath]: "a" }, { mediaType })]);
    expect(refusalOf(read)).toMatchObject({
      code: "FORM_UNSUPPORTED",
      message: `it has a layer of type ${mediaType}; only plain files are read`,
    });
  });
});

describe("FORM_MALFORMED", () => {
  test.each([
    ["no annotations", layer({}, { annotations: undefined })],
    ["only a title", layer({ [title]: "a" })],
    ["only the path of the specification before this", layer({ "org.cnai.model.filepath": "a" })],
  ])("a layer with %s", (_, pathless) => {
    expect(refusalOf(manifest([pathless]))).toMatchObject({
      code: "FORM_MALFORMED",
      message: `it has a layer without a path: ${pathless.digest}`,
    });
  });

  test("a layer with two names", () => {
    const read = manifest([layer({ [filepath]: "a", [title]: "b" })]);
    expect(refusalOf(read)).toMatchObject({ code: "FORM_MALFORMED", message: 'it names one file "a" and "b"' });
  });

  test.each([
    ["../../etc/passwd", 'holds the component ".."'],
    ["a/../../b", 'holds the component ".."'],
    ["/etc/passwd", "is absolute"],
    ["", "is empty"],
    ["a//b", "holds an empty component"],
    ["a/", "holds an empty component"],
    [".", 'holds the component "."'],
    ["a\\..\\b", "holds a backslash, which separates directories on other systems"],
    ["a\u0000b", "holds a control character"],
    ["\ud800", "is not valid Unicode"],
    ["x".repeat(256), "has a component longer than 255 bytes"],
  ])("the path %j", (path, why) => {
    const error = refusalOf(paths("fine", path));
    expect(error.code).toBe("FORM_MALFORMED");
    expect(error.message).toContain(why);
    expect(error.message.includes("\u0000")).toBe(false);
  });

  test.each([
    [["a", "b", "a"], "occurs twice"],
    [["Model.bin", "model.bin"], "differs from another only in case or Unicode normalisation"],
    [["caf\u00e9", "cafe\u0301"], "differs from another only in case or Unicode normalisation"],
    [["A/x", "a/y"], "lies in a directory that differs from another only in case or Unicode normalisation"],
    [["a/b", "a"], "is a file and also a directory"],
    [["a", "A/b"], "is a file and also a directory"],
  ])("the paths %j", (names, why) => {
    const error = refusalOf(paths(...names));
    expect(error.code).toBe("FORM_MALFORMED");
    expect(error.message).toContain(why);
  });

  test.each([
    ["a hard link", '{"mode":420,"typeflag":1}'],
    ["a symbolic link", '{"mode":511,"typeflag":2}'],
    ["a character device", '{"mode":420,"typeflag":3}'],
    ["a block device", '{"mode":420,"typeflag":4}'],
    ["a directory", '{"mode":493,"typeflag":5}'],
    ["a named pipe", '{"mode":420,"typeflag":6}'],
    ["a hard link, as a character", '{"mode":420,"typeflag":49}'],
    ["a symbolic link, as a character", '{"mode":511,"typeflag":50}'],
    ["a type in text", '{"mode":420,"typeflag":"0"}'],
    ["no type", '{"mode":420}'],
    ["no mode", '{"typeflag":0}'],
    ["a negative mode", '{"mode":-1,"typeflag":0}'],
    ["a fraction of a mode", '{"mode":420.5,"typeflag":0}'],
    ["a mode in text", '{"mode":"0644","typeflag":0}'],
    ["nothing", ""],
    ["no JSON", "mode=644"],
    ["null", "null"],
    ["a list", "[]"],
    ["a number", "420"],
    ["half of it", '{"mode":420,'],
    ["too many brackets", "[".repeat(100_000)],
  ])("file metadata that says %s", (_, text) => {
    const read = manifest([layer({ [filepath]: "a", [metadata]: text })]);
    expect(refusalOf(read)).toMatchObject({
      code: "FORM_MALFORMED",
      message: expect.stringMatching(/^it has file metadata that is not of a regular file: sha256:/),
    });
  });

  test("sizes that add up to more than can be counted", () => {
    const large = (name: string) => layer({ [filepath]: name }, { size: Number.MAX_SAFE_INTEGER });
    expect(readFormC(manifest([large("a")]), "it").size).toBe(Number.MAX_SAFE_INTEGER);
    expect(refusalOf(manifest([large("a"), large("b")])).code).toBe("FORM_MALFORMED");
    // 2^53 exactly: the first sum that is not safe.
    expect(refusalOf(manifest([large("a"), layer({ [filepath]: "b" })])).message).toBe(
      "it: the sizes add up to more than 2^53 bytes",
    );
  });
});

describe("whatever a manifest says", () => {
  const text = fc.oneof(
    fc.constantFrom(
      "a",
      "A",
      "a/b",
      "..",
      "../a",
      "/a",
      "",
      "a\\b",
      '{"mode":420,"typeflag":0}',
      '{"typeflag":2}',
      "null",
    ),
    fc.string({ unit: "binary", maxLength: 12 }),
    fc.json({ maxDepth: 2 }),
  );
  const key = fc.constantFrom(title, filepath, metadata, "org.cnai.model.filepath", "other");
  const anyLayer = fc.record({
    mediaType: fc.oneof({ weight: 9, arbitrary: fc.constant(weight) }, fc.constantFrom("text/plain", `${weight}x`)),
    digest: fc.string().map((content): Digest => digestOf(content)),
    size: fc.oneof(fc.nat(), fc.constant(Number.MAX_SAFE_INTEGER)),
    annotations: fc.oneof(
      { weight: 5, arbitrary: text.map((path) => ({ [filepath]: path, [title]: path })) },
      { weight: 3, arbitrary: fc.dictionary(key, text) },
      fc.constant(undefined),
    ),
  });
  const anyManifest = fc.array(anyLayer, { maxLength: 6 }).map((layers) => manifest(layers));

  test("it is accepted with safe and different paths, or refused with a reason", () => {
    let accepted = 0;
    fc.assert(
      fc.property(anyManifest, (read) => {
        try {
          const { files, size } = readFormC(read, "it");
          if (files.length > 0) accepted += 1;
          for (const { path, mode } of files) {
            expect(resolve("/target", path)).toBe(`/target/${path}`);
            expect([0o644, 0o755]).toContain(mode);
          }
          expect(new Set(files.map(({ path }) => path.toLowerCase())).size).toBe(files.length);
          expect(Number.isSafeInteger(size)).toBe(true);
        } catch (error) {
          if (!(error instanceof SlipwayError)) throw error;
          expect(["FORM_MALFORMED", "FORM_UNSUPPORTED"]).toContain(error.code);
        }
      }),
      { numRuns: 3_000 },
    );
    // Otherwise the property above would speak of refusals only.
    expect(accepted).toBeGreaterThan(100);
  });

  test("and its bytes, whatever they are, end the same way", () => {
    const encoded = anyManifest.map((read) => JSON.stringify(read));
    const damaged = fc.tuple(encoded, fc.nat(), fc.string({ maxLength: 3 })).map(([json, at, insert]) => {
      const position = at % json.length;
      return json.slice(0, position) + insert + json.slice(position + insert.length);
    });
    fc.assert(
      fc.property(damaged, (json) => {
        try {
          readFormC(parseManifest(Buffer.from(json), "it"), "it");
        } catch (error) {
          if (!(error instanceof SlipwayError)) throw error;
        }
      }),
      { numRuns: 1_000 },
    );
  });
});
