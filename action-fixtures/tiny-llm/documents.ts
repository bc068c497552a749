import { architecture, planTensors } from "./architecture.ts";
import { specialId, specialTokens } from "./tokenizer.ts";
import type { TinyLlmVersion } from "./versions.ts";

const tokenIds = {
  bos_token_id: specialId(specialTokens.begin),
  eos_token_id: specialId(specialTokens.end),
  pad_token_id: specialId(specialTokens.pad),
};

/** `config.json` as transformers' `LlamaConfig` reads it. */
export function modelConfig(): object {
  return {
    architectures: ["LlamaForCausalLM"],
    model_type: "llama",
    ...architecture,
    ...tokenIds,
    attention_bias: false,
    hidden_act: "silu",
    initializer_range: 0.02,
    mlp_bias: false,
    rms_norm_eps: 0.00001,
    rope_scaling: null,
    rope_theta: 10000,
    tie_word_embeddings: false,
    torch_dtype: "bfloat16",
    use_cache: true,
  };
}

/** `generation_config.json`; the later release samples more carefully and answers at greater length. */
export function generationConfig(version: TinyLlmVersion): object {
  const later = version === "1.1.0";
  return {
    ...tokenIds,
    do_sample: true,
    max_new_tokens: later ? 128 : 64,
    temperature: later ? 0.6 : 0.8,
    top_p: 0.95,
  };
}

/** The model card: YAML front matter of the Hugging Face Hub, then Markdown. */
export function modelCard(version: TinyLlmVersion): string {
  const { num_hidden_layers: layers, hidden_size: hidden, vocab_size: vocabulary } = architecture;
  const parameters = planTensors().reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b), 0);
  return `---
license: apache-2.0
language:
  - en
library_name: transformers
pipeline_tag: text-generation
tags:
  - synthetic
  - test-fixture
  - llama
---

# Tiny LLM ${version}

A synthetic test model. Its weights are random numbers: it was trained on nothing and what it generates
means nothing. It exists so that tools which release models have something small and well-formed to
release.

## What it is

- Architecture: \`LlamaForCausalLM\`, ${layers} layers of width ${hidden}, ${(parameters / 1e6).toFixed(1)} million parameters in bfloat16
- Tokenizer: byte-level byte-pair encoding with ${vocabulary} tokens, learned from a short list of English words
- Weights: drawn from a seeded generator, the same bytes on every machine

## Changes in ${version}

${changes[version]}
## Use

Load it to test loading, packaging, signing and serving. Do not use it to generate text for anyone, and
do not compare its evaluation scores with those of a trained model.
`;
}

const changes: Readonly<Record<TinyLlmVersion, string>> = {
  "1.0.0": `- First release.
`,
  "1.1.0": `- New random weights in the feed-forward part of the last layer and in the output head.
- Generation defaults: temperature 0.6 instead of 0.8, up to 128 new tokens instead of 64.
`,
};

/** A notice rather than the whole text: the identifier is what tools read. */
export const licenseNotice = `SPDX-License-Identifier: Apache-2.0

This synthetic test model is licensed under the Apache License, Version 2.0. This file is a notice, not
the licence itself, whose text is at https://www.apache.org/licenses/LICENSE-2.0

The model is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either
express or implied.
`;
