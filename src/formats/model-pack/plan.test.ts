import { describe, expect, test } from "vitest";
import * as z from "zod";
import { type Descriptor, digestOf, parseManifest } from "../../oci/index.ts";
import { encodeConfig, encodeFormC, type PackedFile, planLayers, type ReleaseFacts } from "./plan.ts";

const facts: ReleaseFacts = {
  name: "retina/seg",
  version: "2.4.1",
  variant: "jetson",
  tag: "2.4.1-jetson",
  owner: "vision-team@example.com",
  licence: "Apache-2.0",
  modelCard: undefined,
  description: "Segments retinas.",
  format: "tensorrt-llm",
  precision: "fp16",
  source: "https://git.example.com/vision/retina",
  revision: "0123456789abcdef0123456789abcdef01234567",
  sourceDateEpoch: 1_767_323_045,
};

/** What may be unknown, unknown. */
const fewFacts: ReleaseFacts = {
  ...facts,
  description: undefined,
  source: undefined,
  revision: undefined,
  sourceDateEpoch: undefined,
};

const files: readonly PackedFile[] = [
  { path: "README.md", executable: false, digest: digestOf("readme"), size: 6 },
  { path: "bin/convert.sh", executable: true, digest: digestOf("script"), size: 6 },
  { path: "metadata.json", executable: false, digest: digestOf("{}"), size: 2 },
  { path: "rank0.engine", executable: false, digest: digestOf(""), size: 0 },
];

function encode(chosen: ReleaseFacts): { config: Uint8Array; manifest: Uint8Array; layers: readonly Descriptor[] } {
  const layers = planLayers(files, chosen.sourceDateEpoch);
  const config = encodeConfig(chosen, layers);
  const type = "application/vnd.cncf.model.config.v1+json";
  const manifest = encodeFormC(chosen, { mediaType: type, digest: digestOf(config), size: config.length }, layers);
  return { config, manifest, layers };
}

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

// Members are in the order in which they are written: the bytes are what is pinned, not the values alone.
const goldenConfig = {
  descriptor: {
    createdAt: "2026-01-02T03:04:05Z",
    vendor: "vision-team@example.com",
    name: "retina/seg",
    version: "2.4.1",
    title: "retina/seg 2.4.1 jetson",
    description: "Segments retinas.",
    sourceURL: "https://git.example.com/vision/retina",
    revision: "0123456789abcdef0123456789abcdef01234567",
    licenses: ["Apache-2.0"],
  },
  config: { format: "tensorrt-llm", precision: "fp16" },
  modelfs: {
    type: "layers",
    diffIds: [
      "sha256:711a6108ba2ce6ca93dd47d6817f2361db10d8ab6eec89460b2dfc2c325efabe",
      "sha256:21a0270b7f66a1e4c25933f13a1e5a1bbb4757578072930c8189131f9c6aaae1",
      "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a",
      "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    ],
  },
};

const goldenManifest = {
  schemaVersion: 2,
  mediaType: "application/vnd.oci.image.manifest.v1+json",
  artifactType: "application/vnd.cncf.model.manifest.v1+json",
  config: {
    mediaType: "application/vnd.cncf.model.config.v1+json",
    digest: digestOf(JSON.stringify(goldenConfig)),
    size: JSON.stringify(goldenConfig).length,
  },
  layers: [
    {
      mediaType: "application/vnd.cncf.model.doc.v1.raw",
      digest: "sha256:711a6108ba2ce6ca93dd47d6817f2361db10d8ab6eec89460b2dfc2c325efabe",
      size: 6,
      annotations: {
        "org.opencontainers.image.title": "README.md",
        "org.cncf.model.filepath": "README.md",
        "org.cncf.model.file.metadata+json":
          '{"name":"README.md","mode":420,"uid":0,"gid":0,"size":6,"mtime":"2026-01-02T03:04:05Z","typeflag":0}',
      },
    },
    {
      mediaType: "application/vnd.cncf.model.code.v1.raw",
      digest: "sha256:21a0270b7f66a1e4c25933f13a1e5a1bbb4757578072930c8189131f9c6aaae1",
      size: 6,
      annotations: {
        "org.opencontainers.image.title": "bin/convert.sh",
        "org.cncf.model.filepath": "bin/convert.sh",
        "org.cncf.model.file.metadata+json":
          '{"name":"convert.sh","mode":493,"uid":0,"gid":0,"size":6,"mtime":"2026-01-02T03:04:05Z","typeflag":0}',
      },
    },
    {
      mediaType: "application/vnd.cncf.model.weight.config.v1.raw",
      digest: "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a",
      size: 2,
      annotations: {
        "org.opencontainers.image.title": "metadata.json",
        "org.cncf.model.filepath": "metadata.json",
        "org.cncf.model.file.metadata+json":
          '{"name":"metadata.json","mode":420,"uid":0,"gid":0,"size":2,"mtime":"2026-01-02T03:04:05Z","typeflag":0}',
      },
    },
    {
      mediaType: "application/vnd.cncf.model.weight.v1.raw",
      digest: "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
      size: 0,
      annotations: {
        "org.opencontainers.image.title": "rank0.engine",
        "org.cncf.model.filepath": "rank0.engine",
        "org.cncf.model.file.metadata+json":
          '{"name":"rank0.engine","mode":420,"uid":0,"gid":0,"size":0,"mtime":"2026-01-02T03:04:05Z","typeflag":0}',
      },
    },
  ],
  annotations: {
    "io.slipway.model.name": "retina/seg",
    "io.slipway.model.variant": "jetson",
    "io.slipway.model.version": "2.4.1",
    "io.slipway.tag": "2.4.1-jetson",
    "org.opencontainers.image.created": "2026-01-02T03:04:05Z",
    "org.opencontainers.image.description": "Segments retinas.",
    "org.opencontainers.image.licenses": "Apache-2.0",
    "org.opencontainers.image.revision": "0123456789abcdef0123456789abcdef01234567",
    "org.opencontainers.image.source": "https://git.example.com/vision/retina",
    "org.opencontainers.image.title": "retina/seg 2.4.1 jetson",
    "org.opencontainers.image.vendor": "vision-team@example.com",
    "org.opencontainers.image.version": "2.4.1",
  },
};

/** schema/config-schema.json of ModelPack 0.0.7: `additionalProperties: false` at every level. */
const modelPackConfig = z.strictObject({
  descriptor: z.strictObject({
    createdAt: z.iso.datetime().optional(),
    authors: z.array(z.string()).optional(),
    vendor: z.string().optional(),
    family: z.string().optional(),
    name: z.string().min(1).optional(),
    version: z.string().optional(),
    title: z.string().optional(),
    description: z.string().optional(),
    docURL: z.string().optional(),
    sourceURL: z.string().optional(),
    datasetsURL: z.array(z.string()).optional(),
    revision: z.string().optional(),
    licenses: z.array(z.string()).optional(),
  }),
  config: z.strictObject({
    architecture: z.string().optional(),
    format: z.string().optional(),
    paramSize: z.string().optional(),
    precision: z.string().optional(),
    quantization: z.string().optional(),
    capabilities: z.never().optional(),
  }),
  modelfs: z.strictObject({
    type: z.literal("layers"),
    diffIds: z.array(z.string().regex(/^sha256:[0-9a-f]{64}$/)).min(1),
  }),
});

describe("form C of a small release", () => {
  test("is these bytes", () => {
    const { config, manifest } = encode(facts);
    expect(text(config)).toBe(JSON.stringify(goldenConfig));
    expect(text(manifest)).toBe(JSON.stringify(goldenManifest));
  });

  test("has this digest, which is the subject of all evidence and must never change", () => {
    expect(digestOf(encode(facts).manifest)).toBe(
      "sha256:725c131afce9272e7b6032ed104ee37132c435e31bed2756b1897d8e813130bd",
    );
    expect(digestOf(encode(fewFacts).manifest)).toBe(
      "sha256:64f87f3a453e1424de36d347289d22fb97392d3757595d425c0a523b46832ce7",
    );
  });

  test.each([
    ["all facts", facts],
    ["few facts", fewFacts],
  ])("has a config that ModelPack's schema allows, with %s", (_, chosen) => {
    expect(() => modelPackConfig.parse(JSON.parse(text(encode(chosen).config)))).not.toThrow();
  });

  test("is a manifest that can be read back", () => {
    expect(parseManifest(encode(facts).manifest, "it")).toEqual(goldenManifest);
  });

  test("says nothing about what is not known", () => {
    const { config, manifest } = encode(fewFacts);
    expect(Object.keys(JSON.parse(text(config)).descriptor)).toEqual([
      "vendor",
      "name",
      "version",
      "title",
      "licenses",
    ]);
    const { annotations = {} } = parseManifest(manifest, "it");
    expect(Object.keys(annotations)).not.toContain("org.opencontainers.image.created");
    expect(text(manifest)).not.toMatch(/undefined|null/);
  });
});

describe("SOURCE_DATE_EPOCH", () => {
  test.each([
    [undefined, "1970-01-01T00:00:00Z"],
    [0, "1970-01-01T00:00:00Z"],
    [1, "1970-01-01T00:00:01Z"],
    [1_767_323_045, "2026-01-02T03:04:05Z"],
    [253_402_300_799, "9999-12-31T23:59:59Z"],
  ])("%s gives files the time %s", (epoch, time) => {
    const [layer] = planLayers(files, epoch);
    expect(JSON.parse(layer?.annotations?.["org.cncf.model.file.metadata+json"] ?? "")).toMatchObject({ mtime: time });
  });

  test("changes the digest; leaving it unset says nothing about when the release was made", () => {
    const digests = [undefined, 0, 1].map((sourceDateEpoch) =>
      digestOf(encode({ ...facts, sourceDateEpoch }).manifest),
    );
    expect(new Set(digests).size).toBe(3);
  });
});

test("every fact is in the bytes: no two releases share a subject", () => {
  const others: readonly Partial<ReleaseFacts>[] = [
    { name: "retina/seg2" },
    { version: "2.4.2" },
    { variant: "orin" },
    { tag: "2.4.1-orin" },
    { owner: "somebody@example.com" },
    { licence: "MIT" },
    { description: undefined },
    { format: "onnx" },
    { precision: "int8" },
    { source: undefined },
    { revision: undefined },
  ];
  const digests = [facts, ...others.map((other) => ({ ...facts, ...other }))].map((chosen) =>
    digestOf(encode(chosen).manifest),
  );
  expect(new Set(digests).size).toBe(others.length + 1);
});

test("layers keep the order that they are given, and equal input gives equal bytes", () => {
  const paths = (given: readonly PackedFile[]) =>
    planLayers(given, 0).map((layer) => layer.annotations?.["org.cncf.model.filepath"]);
  expect(paths(files.toReversed())).toEqual(["rank0.engine", "metadata.json", "bin/convert.sh", "README.md"]);
  expect(text(encode(structuredClone(facts)).manifest)).toBe(text(encode(facts).manifest));
});

test("a manifest over 4 MiB is refused", () => {
  const many = Array.from({ length: 11_000 }, (_, n) => ({
    path: `shards/${n}.bin`,
    executable: false,
    digest: digestOf(""),
    size: 0,
  }));
  const config = { mediaType: "application/vnd.cncf.model.config.v1+json", digest: digestOf(""), size: 0 };
  expect(() => encodeFormC(facts, config, planLayers(many, 0))).toThrow(
    expect.objectContaining({ code: "MANIFEST_TOO_LARGE" }),
  );
});
