/** Types and annotation keys of the CNCF ModelPack specification 0.0.7 (docs/spec.md, docs/annotations.md). */
export const modelPack = {
  artifactType: "application/vnd.cncf.model.manifest.v1+json",
  configType: "application/vnd.cncf.model.config.v1+json",
  filepath: "org.cncf.model.filepath",
  fileMetadata: "org.cncf.model.file.metadata+json",
} as const;

export type LayerKind = "weight" | "weight.config" | "doc" | "code" | "dataset";

/** Media type of a layer that is one file as it is. */
export function rawLayerType(kind: LayerKind): string {
  return `application/vnd.cncf.model.${kind}.v1.raw`;
}

/** True for a layer that is one file as it is, of whatever kind. */
export function isRawLayerType(type: string): boolean {
  return /^application\/vnd\.cncf\.model\.(weight|weight\.config|doc|code|dataset)\.v1\.raw$/.test(type);
}

const weight =
  /\.(safetensors|gguf|ggml|engine|plan|trt|onnx|onnx[._]data|pt|pth|bin|ckpt|h5|keras|npz|npy|tflite|pb|msgpack|pdparams|pkl|joblib|mlmodel|weights?)$/i;
const document =
  /(^|\/)(readme|licen[cs]e|notice|copying|changelog|model[_-]?card|usage[_-]?policy)([._-][^/]*)?$|\.(md|rst|pdf|html?)$/i;
const dataset = /\.(parquet|arrow|csv|tsv|jsonl)$/i;
const configuration = /\.(json|model|tiktoken|jinja|vocab|spm|ya?ml|toml|ini|cfg)$|(^|\/)(vocab|merges)[^/]*\.txt$/i;

/** The kind of a model's file, guessed from its name as modctl does; code is what is nothing else. */
export function layerKindOf(path: string): LayerKind {
  if (document.test(path)) return "doc";
  if (weight.test(path)) return "weight";
  if (dataset.test(path)) return "dataset";
  if (configuration.test(path)) return "weight.config";
  return "code";
}
