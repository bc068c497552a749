/**
 * The dimensions of the model, under the names that transformers' `LlamaConfig` gives them, and the
 * tensors that its `LlamaForCausalLM` has for these dimensions.
 */
export const architecture = {
  vocab_size: 1024,
  hidden_size: 256,
  intermediate_size: 768,
  num_hidden_layers: 4,
  num_attention_heads: 4,
  num_key_value_heads: 2,
  head_dim: 64,
  max_position_embeddings: 512,
};

export interface TensorPlan {
  readonly name: string;
  readonly shape: readonly number[];
  readonly shard: 1 | 2;
  /** A normalization weight starts at one, every other weight at random. */
  readonly start: "ones" | "random";
}

/** Every tensor of the model: the embedding and the first half of the layers in shard 1, the rest in shard 2. */
export function planTensors(): TensorPlan[] {
  const { vocab_size: vocabulary, hidden_size: hidden, num_hidden_layers: layers } = architecture;
  const plans: TensorPlan[] = [];
  const random = (name: string, shape: readonly number[], shard: 1 | 2) =>
    plans.push({ name, shape, shard, start: "random" });
  const norm = (name: string, shard: 1 | 2) => plans.push({ name, shape: [hidden], shard, start: "ones" });

  random("model.embed_tokens.weight", [vocabulary, hidden], 1);
  for (let layer = 0; layer < layers; layer++) {
    const prefix = `model.layers.${layer}`;
    const shard = layer < layers / 2 ? 1 : 2;
    for (const [name, shape] of projectionShapes()) random(`${prefix}.${name}.weight`, shape, shard);
    norm(`${prefix}.input_layernorm.weight`, shard);
    norm(`${prefix}.post_attention_layernorm.weight`, shard);
  }
  norm("model.norm.weight", 2);
  random("lm_head.weight", [vocabulary, hidden], 2);
  return plans;
}

/** The linear maps of one layer, shaped [outputs, inputs]. */
function projectionShapes(): [name: string, shape: readonly number[]][] {
  const { hidden_size: hidden, intermediate_size: inner, head_dim: head } = architecture;
  const queries = architecture.num_attention_heads * head;
  const keys = architecture.num_key_value_heads * head;
  return [
    ["self_attn.q_proj", [queries, hidden]],
    ["self_attn.k_proj", [keys, hidden]],
    ["self_attn.v_proj", [keys, hidden]],
    ["self_attn.o_proj", [hidden, queries]],
    ["mlp.gate_proj", [inner, hidden]],
    ["mlp.up_proj", [inner, hidden]],
    ["mlp.down_proj", [hidden, inner]],
  ];
}
