import { expect, test } from "vitest";
import { isRawLayerType, type LayerKind, layerKindOf, rawLayerType } from "./media-types.ts";

const kinds: readonly LayerKind[] = ["weight", "weight.config", "doc", "code", "dataset"];

test.each([
  // Weights, as the frameworks name them.
  ["model.safetensors", "weight"],
  ["model-00001-of-00004.safetensors", "weight"],
  ["Meta-Llama-3-8B.Q4_K_M.gguf", "weight"],
  ["ggml-base.en.bin", "weight"],
  ["pytorch_model-00002-of-00003.bin", "weight"],
  ["consolidated.00.pth", "weight"],
  ["best.pt", "weight"],
  ["epoch=3-step=100.ckpt", "weight"],
  ["rank0.engine", "weight"],
  ["1/model.plan", "weight"],
  ["resnet50.trt", "weight"],
  ["model.onnx", "weight"],
  ["onnx/model.onnx_data", "weight"],
  ["model.onnx.data", "weight"],
  ["tf_model.h5", "weight"],
  ["model.keras", "weight"],
  ["flax_model.msgpack", "weight"],
  ["saved_model.pb", "weight"],
  ["mobilenet.tflite", "weight"],
  ["embeddings.npy", "weight"],
  ["adapter.npz", "weight"],
  ["classifier.joblib", "weight"],
  ["scaler.pkl", "weight"],
  ["model.pdparams", "weight"],
  ["yolov4.weights", "weight"],
  ["MODEL.SAFETENSORS", "weight"],
  // What belongs to the weights.
  ["config.json", "weight.config"],
  ["generation_config.json", "weight.config"],
  ["model.safetensors.index.json", "weight.config"],
  ["tokenizer.json", "weight.config"],
  ["tokenizer_config.json", "weight.config"],
  ["special_tokens_map.json", "weight.config"],
  ["tokenizer.model", "weight.config"],
  ["sentencepiece.bpe.model", "weight.config"],
  ["spiece.spm", "weight.config"],
  ["cl100k_base.tiktoken", "weight.config"],
  ["chat_template.jinja", "weight.config"],
  ["vocab.txt", "weight.config"],
  ["vocab.json", "weight.config"],
  ["merges.txt", "weight.config"],
  ["sub/vocabulary.txt", "weight.config"],
  ["hparams.yaml", "weight.config"],
  ["metadata.json", "weight.config"],
  // Documents.
  ["README.md", "doc"],
  ["README", "doc"],
  ["LICENSE", "doc"],
  ["LICENCE.txt", "doc"],
  ["LICENSE-APACHE", "doc"],
  ["third_party/NOTICE", "doc"],
  ["model_card.html", "doc"],
  ["MODEL-CARD.json", "doc"],
  ["USAGE_POLICY.txt", "doc"],
  ["docs/paper.pdf", "doc"],
  // Data.
  ["calibration/part-0.parquet", "dataset"],
  ["train.csv", "dataset"],
  ["samples.jsonl", "dataset"],
  // Everything else.
  ["config.pbtxt", "code"],
  ["1/model.py", "code"],
  ["requirements.txt", "code"],
  ["labels.txt", "code"],
  ["Dockerfile", "code"],
  ["readmes", "code"],
  ["my-vocab.txt", "code"],
  ["safetensors", "code"],
  ["model.safetensors/part", "code"],
  ["run.sh", "code"],
] as const)("%s is %s", (path, kind) => {
  expect(layerKindOf(path)).toBe(kind);
});

test.each(kinds)("the raw layer type of %s is recognised, its other encodings are not", (kind) => {
  const type = `application/vnd.cncf.model.${kind}.v1.raw`;
  expect(rawLayerType(kind)).toBe(type);
  expect(isRawLayerType(type)).toBe(true);
  for (const other of ["tar", "tar+gzip", "tar+zstd", "raw+gzip", "gguf"]) {
    expect(isRawLayerType(`application/vnd.cncf.model.${kind}.v1.${other}`)).toBe(false);
  }
});

test.each([
  ["application/vnd.oci.image.layer.v1.tar"],
  ["application/vnd.cncf.model.weights.v1.raw"],
  ["application/vnd.cncf.model.weight.v2.raw"],
  ["application/vnd.cncf.model.weight.v1.raw "],
  ["x application/vnd.cncf.model.weight.v1.raw"],
  ["application/vnd-cncf.model.weight.v1.raw"],
  [""],
])("%j is no raw layer type", (type) => {
  expect(isRawLayerType(type)).toBe(false);
});
