import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";

/** What can be known of a model from its files; a start for somebody who corrects it. */
export interface Look {
  readonly format: string;
  readonly precision: string;
}

const formats: readonly (readonly [RegExp, string])[] = [
  [/\.safetensors$/i, "safetensors"],
  [/\.gguf$/i, "gguf"],
  [/\.(engine|plan|trt)$/i, "tensorrt"],
  [/\.onnx$/i, "onnx"],
  [/\.(pt|pth|bin)$/i, "pytorch"],
  [/\.(h5|keras)$/i, "keras"],
  [/\.tflite$/i, "tflite"],
];

const precisions: Readonly<Record<string, string>> = {
  bfloat16: "bf16",
  float16: "fp16",
  float32: "fp32",
  float64: "fp64",
};

const maxConfigBytes = 1024 * 1024;

/** Looks at the file names and at the `torch_dtype` of a Hugging Face config.json. A missing directory is no error. */
export async function lookAt(directory: string): Promise<Look> {
  const names = await readdir(directory).catch(() => []);
  const format = formats.find(([pattern]) => names.some((name) => pattern.test(name)))?.[1] ?? "safetensors";
  return { format, precision: (await precisionOf(join(directory, "config.json"))) ?? "bf16" };
}

async function precisionOf(config: string): Promise<string | undefined> {
  try {
    if ((await stat(config)).size > maxConfigBytes) return undefined;
    const value: unknown = JSON.parse(await readFile(config, "utf8"));
    if (typeof value !== "object" || value === null) return undefined;
    const dtype = "torch_dtype" in value ? value.torch_dtype : "dtype" in value ? value.dtype : undefined;
    return typeof dtype === "string" ? (precisions[dtype] ?? undefined) : undefined;
  } catch {
    return undefined;
  }
}
