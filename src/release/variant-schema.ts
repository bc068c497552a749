import validRange from "semver/ranges/valid.js";
import * as z from "zod";
import { quantity, sentence, shape, textLike, uniqueList } from "../documents/index.ts";
import { capabilityName } from "./names.ts";
import { relativePath } from "./relative-path.ts";

const word = { pattern: /^[a-z0-9]+(?:[._-][a-z0-9]+)*$/, maxLength: 64 };
const numericVersion = { pattern: /^\d+(?:\.\d+){0,3}$/, maxLength: 32 };

/** `model` of ADR-004: what somebody must know before the model is pulled. */
export const modelSchema = z.strictObject(
  {
    format: textLike(
      'the format of the model in lower case, such as "tensorrt", "onnx" or "safetensors"',
      word,
    ).describe("Format of the model's files, such as tensorrt, onnx, safetensors or gguf."),
    precision: textLike('the precision of the weights in lower case, such as "int8", "fp16" or "bf16"', word).describe(
      "Precision of the weights, such as int8, fp16 or bf16.",
    ),
    inputShape: shape("a list of dimensions, such as [1, 3, 512, 512]")
      .describe("Shape of the input tensor; -1 for a dimension known only at run time.")
      .exactOptional(),
    outputShape: shape("a list of dimensions, such as [1, 128, 512, 512]")
      .describe("Shape of the output tensor; -1 for a dimension known only at run time.")
      .exactOptional(),
    vramGB: quantity("a number of gigabytes, 0 or more", { orZero: true })
      .describe("GPU memory that the model needs, in GB.")
      .exactOptional(),
    latencyMs: quantity("a number of milliseconds above 0", { orZero: false })
      .describe("Time of one inference on the target, in milliseconds.")
      .exactOptional(),
  },
  { error: "a mapping with format and precision" },
);

export const capabilitiesSchema = uniqueList(
  textLike('a capability such as "cv3" or "int8": lower-case letters, digits, "." and "-"', capabilityName),
  "a list of capabilities, such as [cv3, int8]",
  0,
).describe("What the variant can do, in words that consumers ask for.");

const runtimeRange = z
  .string({ error: 'a version range in quotes, such as ">=0.9"' })
  .min(1, { error: 'a version range, such as ">=0.9"' })
  .max(200, { error: "a version range of at most 200 characters" })
  .check(
    sentence((text) =>
      validRange(text) === null ? `"${text}" is no version range; write one such as ">=0.9"` : undefined,
    ),
  );

const targets = uniqueList(
  textLike('a target such as "jetson-orin-nx": lower-case letters, digits, "." and "-"', capabilityName),
  "a list of at least one target, such as [jetson-orin-nx]",
  1,
).describe("Machines that the variant is made for.");
const minCudaVersion = textLike('a version in quotes, such as "12.0"', numericVersion)
  .describe("Lowest CUDA version that runs the variant.")
  .exactOptional();
const minTensorRTVersion = textLike('a version in quotes, such as "8.6"', numericVersion)
  .describe("Lowest TensorRT version that runs the variant.")
  .exactOptional();
const platform = textLike('an operating system and an architecture, such as "linux/arm64"', {
  pattern: /^[a-z0-9]+\/[a-z0-9]+(?:\/[a-z0-9.]+)?$/,
  maxLength: 64,
})
  .describe("Platform as container images name it.")
  .exactOptional();
const runtimes = z
  .record(textLike('the name of a runtime, such as "vllm"', word), runtimeRange, {
    error: 'a mapping of runtimes to version ranges, such as {vllm: ">=0.9"}',
  })
  .describe("Versions of serving runtimes that run the variant, as npm writes version ranges.")
  .exactOptional();

/** `deployment`, with ADR-004's own keys in ADR-004's order first. */
export const deploymentSchema = z.strictObject(
  { targets, minCudaVersion, minTensorRTVersion, platform, runtimes },
  { error: "a mapping with targets" },
);

/** `variants.<name>`: one build of the model for one kind of target. */
export const variantSchema = z.strictObject(
  {
    path: relativePath("the path of the directory with the model's files").describe(
      "Directory with the files of this variant, relative to model.yaml.",
    ),
    model: modelSchema.describe("What somebody must know before the model is pulled (ADR-004)."),
    capabilities: capabilitiesSchema,
    deployment: deploymentSchema.describe("Where the variant runs (ADR-004)."),
  },
  { error: "a mapping with path, model, capabilities and deployment" },
);
