import { planTensors, type TensorPlan } from "./architecture.ts";
import { ones, randomWeights } from "./bfloat16.ts";
import { generationConfig, licenseNotice, modelCard, modelConfig } from "./documents.ts";
import { seededWords } from "./prng.ts";
import { encodeSafetensors, type Tensor } from "./safetensors.ts";
import { specialTokensMap, tokenizerConfig, tokenizerDefinition } from "./tokenizer.ts";
import type { TinyLlmVersion } from "./versions.ts";

/** Every file of the checkpoint by its name, laid out as transformers' `save_pretrained` does. */
export function checkpointFiles(version: TinyLlmVersion): Map<string, Uint8Array> {
  const shards: Record<1 | 2, Tensor[]> = { 1: [], 2: [] };
  const weightMap: Record<string, string> = {};
  let totalSize = 0;
  for (const plan of planTensors()) {
    const tensor = makeTensor(plan, version);
    shards[plan.shard].push(tensor);
    weightMap[plan.name] = shardName(plan.shard);
    totalSize += tensor.values.length;
  }

  return new Map([
    ["LICENSE", utf8(licenseNotice)],
    ["README.md", utf8(modelCard(version))],
    ["config.json", json(modelConfig())],
    ["generation_config.json", json(generationConfig(version))],
    [shardName(1), encodeSafetensors(shards[1])],
    [shardName(2), encodeSafetensors(shards[2])],
    ["model.safetensors.index.json", json({ metadata: { total_size: totalSize }, weight_map: weightMap })],
    ["special_tokens_map.json", json(specialTokensMap())],
    ["tokenizer.json", json(tokenizerDefinition())],
    ["tokenizer_config.json", json(tokenizerConfig())],
  ]);
}

/** Tensors that 1.1.0 draws anew; all lie in shard 2, so that both releases share shard 1. */
const redrawnInLaterRelease = /^lm_head\.|^model\.layers\.3\.mlp\./;

function makeTensor({ name, shape, start }: TensorPlan, version: TinyLlmVersion): Tensor {
  const count = shape.reduce((product, size) => product * size, 1);
  if (start === "ones") return { name, shape, values: ones(count) };
  // Each tensor has a stream of its own, so that redrawing one leaves the others alone.
  const drawnIn = redrawnInLaterRelease.test(name) ? version : "1.0.0";
  return { name, shape, values: randomWeights(count, seededWords(`${drawnIn}/${name}`)) };
}

function shardName(shard: 1 | 2): string {
  return `model-0000${shard}-of-00002.safetensors`;
}

function json(value: object): Uint8Array {
  return utf8(`${JSON.stringify(value, null, 2)}\n`);
}

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
