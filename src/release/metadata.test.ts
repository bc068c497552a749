import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SlipwayError } from "../errors/index.ts";
import { adrMetadata, adrMetadataJsonSchema, encodeMetadata, parseMetadata } from "./metadata.ts";
import type { ModelDeclaration } from "./model-schema.ts";

/** The example of ADR-004, word for word. */
const adrExample = `{
  "name": "retina/seg",
  "version": "2.4.1",
  "variant": "jetson",
  "model": {
    "format": "tensorrt",
    "precision": "int8",
    "inputShape": [1, 3, 512, 512],
    "outputShape": [1, 128, 512, 512],
    "vramGB": 2.1,
    "latencyMs": 18
  },
  "capabilities": ["cv3", "int8", "retina"],
  "provenance": {
    "trainingRun": "wandb://vantage/retina-seg/runs/abc123",
    "dataset": "vantage-retina-v3 (n=5000, de-identified)",
    "trainedAt": "2025-10-20T12:00:00Z",
    "trainedBy": "ml-eng@vantage.health"
  },
  "deployment": {
    "targets": ["jetson-orin-nx", "jetson-agx-orin"],
    "minCudaVersion": "12.0",
    "minTensorRTVersion": "8.6"
  }
}
`;

const declaration: ModelDeclaration = {
  variants: {
    jetson: {
      deployment: {
        minTensorRTVersion: "8.6",
        minCudaVersion: "12.0",
        targets: ["jetson-orin-nx", "jetson-agx-orin"],
      },
      capabilities: ["cv3", "int8", "retina"],
      model: {
        latencyMs: 18,
        vramGB: 2.1,
        outputShape: [1, 128, 512, 512],
        inputShape: [1, 3, 512, 512],
        precision: "int8",
        format: "tensorrt",
      },
      path: "dist/jetson",
    },
  },
  provenance: {
    trainedBy: "ml-eng@vantage.health",
    trainedAt: "2025-10-20T12:00:00Z",
    dataset: { name: "vantage-retina-v3 (n=5000, de-identified)" },
    trainingRun: "wandb://vantage/retina-seg/runs/abc123",
  },
  licence: "Apache-2.0",
  modelCard: "README.md",
  owner: "vision@vantage.health",
  version: "2.4.1",
  name: "retina/seg",
};

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (encoded: Uint8Array) => new TextDecoder().decode(encoded);

describe("metadata.json", () => {
  it("is ADR-004's example for ADR-004's model, key for key", () => {
    const metadata = adrMetadata(declaration, "jetson");
    expect(JSON.stringify(metadata)).toBe(JSON.stringify(JSON.parse(adrExample)));
  });

  it("is indented by two blanks and ends with a line feed", () => {
    const encoded = text(encodeMetadata(adrMetadata(declaration, "jetson")));
    expect(encoded).toBe(`${JSON.stringify(JSON.parse(adrExample), undefined, 2)}\n`);
  });

  it("says behind ADR-004's keys what ADR-004 does not know, with free names sorted", () => {
    const { provenance, variants } = declaration;
    const jetson = variants["jetson"];
    if (jetson === undefined) throw new Error("no variant");
    const metadata = adrMetadata(
      {
        ...declaration,
        provenance: {
          hyperparameters: { seed: 7, epochs: 3, "1": true },
          baseModel: "example/backbone@1f2e3d4c",
          codeRepository: "https://git.example.com/seg",
          codeCommit: "8f4b7f84864484a7bf31766abe9204da3cbe65b3",
          ...provenance,
          dataset: { digest: `sha256:${"0".repeat(64)}`, uri: "s3://data/retina", version: "3", name: "retina" },
        },
        variants: {
          jetson: {
            ...jetson,
            deployment: { runtimes: { vllm: ">=0.9", tgi: "*" }, platform: "linux/arm64", targets: ["orin"] },
          },
        },
      },
      "jetson",
    );
    expect(JSON.stringify(metadata.provenance)).toBe(
      JSON.stringify({
        trainingRun: "wandb://vantage/retina-seg/runs/abc123",
        dataset: "retina",
        trainedAt: "2025-10-20T12:00:00Z",
        trainedBy: "ml-eng@vantage.health",
        datasetVersion: "3",
        datasetUri: "s3://data/retina",
        datasetDigest: `sha256:${"0".repeat(64)}`,
        codeCommit: "8f4b7f84864484a7bf31766abe9204da3cbe65b3",
        codeRepository: "https://git.example.com/seg",
        baseModel: "example/backbone@1f2e3d4c",
        hyperparameters: { "1": true, epochs: 3, seed: 7 },
      }),
    );
    expect(JSON.stringify(metadata.deployment)).toBe(
      JSON.stringify({ targets: ["orin"], platform: "linux/arm64", runtimes: { tgi: "*", vllm: ">=0.9" } }),
    );
  });

  it("has provenance also where nothing is known of it", () => {
    const { provenance: _, ...unknown } = declaration;
    expect(adrMetadata(unknown, "jetson").provenance).toEqual({});
  });

  it.each(["dgx", "toString", "__proto__"])("is not made for the variant %s, which model.yaml lacks", (variant) => {
    expect(() => adrMetadata(declaration, variant)).toThrow(
      expect.objectContaining({ code: "VARIANT_UNDECLARED", message: `"${variant}" is not one of jetson` }),
    );
  });

  it("of ADR-004 can be read", () => {
    expect(parseMetadata(bytes(adrExample))).toEqual(adrMetadata(declaration, "jetson"));
  });

  it.each([
    ["", "METADATA_SYNTAX", /^metadata\.json is not JSON in UTF-8: /],
    ["{", "METADATA_SYNTAX", /^metadata\.json is not JSON in UTF-8: /],
    ["[".repeat(100_000), "METADATA_SYNTAX", /^metadata\.json is not JSON in UTF-8: /],
    [" ".repeat(1024 * 1024 + 1), "METADATA_SYNTAX", /^metadata\.json is larger than 1024 KiB$/],
    ["[]", "METADATA_INVALID", /^metadata\.json: the file must be a mapping; found a list$/],
    ["null", "METADATA_INVALID", /^metadata\.json: the file has no value; it must be a mapping$/],
    ["{}", "METADATA_INVALID", /^metadata\.json: name is missing; it must be a name such as .* \(and 6 more\)$/],
  ])("%j is refused", (json, code, message) => {
    expect(thrownBy(bytes(json))).toMatchObject({ code, message: expect.stringMatching(message) });
  });

  it("that is not UTF-8 is refused", () => {
    expect(thrownBy(new Uint8Array([0x22, 0xff, 0x22]))).toMatchObject({ code: "METADATA_SYNTAX" });
  });

  it.each([
    ['"variant": "jetson"', '"varient": "jetson"', 'unknown key "varient"; did you mean "variant"?'],
    ['"jetson",', '"Jetson",', 'variant must be 1 to 32 lower-case letters and digits; found "Jetson"'],
    ["18", '"18"', 'model.latencyMs must be a number of milliseconds above 0; found "18"'],
    [
      '"12.0"',
      "12.5",
      'deployment.minCudaVersion must be a version in quotes, such as "12.0"; found the number 12.5: write it in quotes, "12.5"',
    ],
    ['"trainedBy"', '"__proto__": 1, "trainedBy"', 'unknown key "__proto__" in provenance; known keys are '],
  ])("with %s as %s says what is wrong", (right, wrong, message) => {
    expect(thrownBy(bytes(adrExample.replace(right, wrong)), "release/metadata.json")).toMatchObject({
      code: "METADATA_INVALID",
      message: expect.stringContaining(`release/metadata.json: ${message}`),
      details: [],
    });
  });

  it("of any bytes is read or refused, and nothing else happens", () => {
    const hostile = fc.oneof(fc.uint8Array(), fc.json().map(bytes), mutations(bytes(adrExample)));
    fc.assert(
      fc.property(hostile, (input) => {
        try {
          parseMetadata(input);
        } catch (error) {
          expect(error).toBeInstanceOf(SlipwayError);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it("has a published schema that describes every key", () => {
    const schema = adrMetadataJsonSchema();
    expect(schema).toMatchObject({
      $schema: "https://json-schema.org/draft/2020-12/schema",
      $id: "urn:slipway:schema:metadata:v1",
      required: ["name", "version", "variant", "model", "capabilities", "provenance", "deployment"],
      additionalProperties: false,
    });
    expect(JSON.stringify(adrMetadataJsonSchema())).toBe(JSON.stringify(schema));
  });
});

function thrownBy(input: Uint8Array, file?: string): unknown {
  try {
    return parseMetadata(input, file);
  } catch (error) {
    return error;
  }
}

function mutations(original: Uint8Array): fc.Arbitrary<Uint8Array> {
  return fc.array(fc.tuple(fc.nat(original.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 }).map((changes) => {
    const changed = original.slice();
    for (const [index, value] of changes) changed[index] = value;
    return changed;
  });
}
