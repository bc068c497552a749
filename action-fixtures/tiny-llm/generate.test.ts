import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import * as z from "zod";
import { generateTinyLlm } from "../index.ts";

const versions = ["1.0.0", "1.1.0"] as const;

/** SHA-256 of every file, so that a machine that makes other bytes is seen. */
const pinned = {
  shared: {
    LICENSE: "8e276cf4374747e6ac559d6e47b0b957f6944a94b946179f55a8a443883c55e2",
    "config.json": "166c66282095935a7794e10748fab3c5000c5580ba8954983638662d96dad243",
    "model-00001-of-00002.safetensors": "b00a397d19b14739772734a2f25cf7cca68890310498af93b51cc7568ba4a216",
    "model.safetensors.index.json": "9e458b891cdc63183f17fae49af62c16d37628be0234afe4489ee04ce7c77db5",
    "special_tokens_map.json": "67b49507720ccc8b7d9ba6aea89ae5b95f1a3ab82b36392a836fb271272a44d8",
    "tokenizer.json": "5c126e3a8b7411aa38274257b7aafcfa3261664441106bae241b9d1bd5a220e1",
    "tokenizer_config.json": "109f33022fd219799758e1b089ea3fabb5228aed77159054f7ab7c4e72cae6a1",
  },
  "1.0.0": {
    "README.md": "82cd9a93464821229438a9dace01ef5063559799a4b1cd5bf72b76aca4cf36d2",
    "generation_config.json": "fe304912d3c5dd18207aeaa9f9852357324af9c0c87138019c4e33cc8e81e19f",
    "model-00002-of-00002.safetensors": "123348d949a862f05d953b994dda462fdb8b9e91944ff6146a43d6a04e946a44",
  },
  "1.1.0": {
    "README.md": "ab95f386c284887d7cd5edc7ed39bd791c0f77b6d27165dfbf9671a76cb268fe",
    "generation_config.json": "e85a94f3e605116c0060f3ab77e93c1ff0120617c9c01e804b38f8af76b1915c",
    "model-00002-of-00002.safetensors": "f62f2dad952895cd8ce4a74289b873851cbf93216325dedc86a902881e3f1984",
  },
};

let scratch = "";
const reported = new Map<string, { files: number; bytes: number }>();
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), "tiny-llm-"));
  for (const version of versions) {
    reported.set(version, await generateTinyLlm(join(scratch, version), { version }));
  }
});
afterAll(() => rm(scratch, { recursive: true, force: true }));

describe.each(versions)("release %s", (version) => {
  const open = (name: string) => readFile(join(scratch, version, name));
  const openJson = async <T>(name: string, schema: z.ZodType<T>) =>
    schema.parse(JSON.parse(await readFile(join(scratch, version, name), "utf8")));

  test("has the pinned bytes", async () => {
    expect(await digests(join(scratch, version))).toEqual({ ...pinned.shared, ...pinned[version] });
  });

  test("comes out the same a second time, within three seconds", async () => {
    const again = join(scratch, `${version}-again`);
    const start = performance.now();
    await generateTinyLlm(again, { version });
    expect(performance.now() - start).toBeLessThan(3000);
    expect(await digests(again)).toEqual(await digests(join(scratch, version)));
  });

  test("reports what it wrote, between 4 and 10 MB", async () => {
    const names = await readdir(join(scratch, version));
    const sizes = await Promise.all(names.map(async (name) => (await open(name)).length));
    const bytes = sizes.reduce((sum, size) => sum + size, 0);
    expect(reported.get(version)).toEqual({ files: names.length, bytes });
    expect(bytes).toBeGreaterThan(4e6);
    expect(bytes).toBeLessThan(10e6);
  });

  test("holds each tensor of the index exactly once, in the shard that the index names", async () => {
    const index = await openJson("model.safetensors.index.json", indexSchema);
    const found: [name: string, shard: string][] = [];
    let size = 0;
    for (const shard of new Set(Object.values(index.weight_map))) {
      for (const tensor of readSafetensors(await open(shard))) {
        found.push([tensor.name, shard]);
        size += tensor.values.length;
      }
    }
    expect(found.sort()).toEqual(Object.entries(index.weight_map).sort());
    expect(index.metadata.total_size).toBe(size);
  });

  test("has the tensors that its configuration calls for, all of finite values", async () => {
    const config = await openJson("config.json", configSchema);
    const index = await openJson("model.safetensors.index.json", indexSchema);
    const shapes: Record<string, number[]> = {};
    for (const shard of new Set(Object.values(index.weight_map))) {
      for (const { name, shape, values } of readSafetensors(await open(shard))) {
        shapes[name] = shape;
        expect(hasOnlyFiniteValues(values), name).toBe(true);
      }
    }
    expect(shapes).toEqual(llamaShapes(config));
  });

  test("has a complete vocabulary and merges that build on earlier tokens", async () => {
    const config = await openJson("config.json", configSchema);
    const { added_tokens: added, model } = await openJson("tokenizer.json", tokenizerSchema);
    const idOf = new Map(Object.entries(model.vocab));
    const ids = [...idOf.values()].sort((a, b) => a - b);
    expect(ids).toEqual(Array.from({ length: config.vocab_size }, (_, id) => id));
    for (const { id, content } of added) expect(idOf.get(content)).toBe(id);

    const explained = new Set([...added.map(({ content }) => content), ...byteCharacters]);
    expect(explained.size).toBe(added.length + 256);
    for (const merge of model.merges) {
      const [left = "", right = "", ...rest] = merge.split(" ");
      const id = idOf.get(left + right) ?? -1;
      expect(rest).toEqual([]);
      expect(explained.has(left) && explained.has(right), merge).toBe(true);
      expect(explained.has(left + right), `${merge} adds a token`).toBe(false);
      expect(id, `${merge} comes in the order of ids`).toBe(explained.size);
      explained.add(left + right);
    }
    expect(explained).toEqual(new Set(idOf.keys()));
  });

  test("names the same special tokens everywhere", async () => {
    const { added_tokens: added } = await openJson("tokenizer.json", tokenizerSchema);
    const config = await openJson("config.json", specialIdsSchema);
    const tokenizer = await openJson("tokenizer_config.json", specialTokensSchema);
    const contentOf = (id: number) => added.find((token) => token.id === id)?.content;
    expect(await openJson("generation_config.json", specialIdsSchema)).toEqual(config);
    expect(await openJson("special_tokens_map.json", specialTokensSchema)).toEqual(tokenizer);
    expect(contentOf(config.bos_token_id)).toBe(tokenizer.bos_token);
    expect(contentOf(config.eos_token_id)).toBe(tokenizer.eos_token);
    expect(contentOf(config.pad_token_id)).toBe(tokenizer.pad_token);
  });

  test("says on its card that it is synthetic", async () => {
    const card = String(await open("README.md"));
    const [, frontMatter = ""] = /^---\n(.*?)\n---\n/s.exec(card) ?? [];
    expect(parse(frontMatter)).toEqual({
      license: "apache-2.0",
      language: ["en"],
      library_name: "transformers",
      pipeline_tag: "text-generation",
      tags: ["synthetic", "test-fixture", "llama"],
    });
    expect(card).toContain("synthetic test model");
    expect(card).toContain("weights are random");
    expect(String(await open("LICENSE"))).toMatch(/^SPDX-License-Identifier: Apache-2\.0\n/);
  });
});

test("1.1.0 changes the second shard, the card and the generation defaults, and nothing else", async () => {
  const [before, after] = [await digests(join(scratch, "1.0.0")), await digests(join(scratch, "1.1.0"))];
  expect(Object.keys(after)).toEqual(Object.keys(before));
  expect(Object.keys(after).filter((name) => after[name] !== before[name])).toEqual([
    "README.md",
    "generation_config.json",
    "model-00002-of-00002.safetensors",
  ]);
});

test("1.1.0 changes some tensors of the second shard and keeps the others", async () => {
  const read = async (version: string) =>
    readSafetensors(await readFile(join(scratch, version, "model-00002-of-00002.safetensors")));
  const before = new Map((await read("1.0.0")).map(({ name, values }) => [name, values]));
  const changed = (await read("1.1.0")).filter(({ name, values }) => !before.get(name)?.equals(values));
  expect(changed.map(({ name }) => name)).toEqual([
    "lm_head.weight",
    "model.layers.3.mlp.down_proj.weight",
    "model.layers.3.mlp.gate_proj.weight",
    "model.layers.3.mlp.up_proj.weight",
  ]);
});

const indexSchema = z.strictObject({
  metadata: z.strictObject({ total_size: z.int() }),
  weight_map: z.record(z.string(), z.string()),
});
const configSchema = z.object({
  architectures: z.tuple([z.literal("LlamaForCausalLM")]),
  torch_dtype: z.literal("bfloat16"),
  tie_word_embeddings: z.literal(false),
  vocab_size: z.int(),
  hidden_size: z.int(),
  intermediate_size: z.int(),
  num_hidden_layers: z.int(),
  num_attention_heads: z.int(),
  num_key_value_heads: z.int(),
  head_dim: z.int(),
});
const specialIdsSchema = z.object({ bos_token_id: z.int(), eos_token_id: z.int(), pad_token_id: z.int() });
const specialTokensSchema = z.object({
  bos_token: z.string(),
  eos_token: z.string(),
  pad_token: z.string(),
  additional_special_tokens: z.array(z.string()),
});
const tokenizerSchema = z.object({
  added_tokens: z.array(z.object({ id: z.int(), content: z.string(), special: z.literal(true) })),
  model: z.object({
    type: z.literal("BPE"),
    vocab: z.record(z.string(), z.int()),
    merges: z.array(z.string()),
  }),
});
const headerEntrySchema = z.strictObject({
  dtype: z.literal("BF16"),
  shape: z.array(z.int().positive()),
  data_offsets: z.tuple([z.int().nonnegative(), z.int().nonnegative()]),
});

interface ReadTensor {
  name: string;
  shape: number[];
  values: Buffer;
}

/** Reads a safetensors file in the order of its values and refuses everything that the format forbids. */
function readSafetensors(file: Buffer): ReadTensor[] {
  const headerLength = Number(file.readBigUInt64LE(0));
  const dataStart = 8 + headerLength;
  expect(dataStart).toBeLessThanOrEqual(file.length);
  expect(dataStart % 8).toBe(0);
  const header = file.toString("utf8", 8, dataStart);
  expect(header).toMatch(/^\{.*\} {0,7}$/);
  const { __metadata__: metadata, ...entries } = z.record(z.string(), z.unknown()).parse(JSON.parse(header));
  expect(metadata).toEqual({ format: "pt" });

  const tensors = Object.entries(entries)
    .map(([name, entry]) => ({ name, ...headerEntrySchema.parse(entry) }))
    .sort((a, b) => a.data_offsets[0] - b.data_offsets[0]);
  let expectedStart = 0;
  for (const { name, shape, data_offsets } of tensors) {
    const [start, end] = data_offsets;
    expect(start, `${name} follows without a hole`).toBe(expectedStart);
    expect(end - start, `${name} has the bytes of its shape`).toBe(2 * shape.reduce((a, b) => a * b, 1));
    expectedStart = end;
  }
  expect(dataStart + expectedStart, "the values end with the file").toBe(file.length);

  const data = file.subarray(dataStart);
  return tensors.map(({ name, shape, data_offsets }) => ({
    name,
    shape,
    values: data.subarray(...data_offsets),
  }));
}

/** Names and shapes of transformers' `LlamaForCausalLM`, written down apart from the generator's. */
function llamaShapes(config: z.infer<typeof configSchema>): Record<string, number[]> {
  const { vocab_size: vocabulary, hidden_size: hidden, intermediate_size: inner } = config;
  const queries = config.num_attention_heads * config.head_dim;
  const keys = config.num_key_value_heads * config.head_dim;
  const shapes: Record<string, number[]> = {
    "lm_head.weight": [vocabulary, hidden],
    "model.embed_tokens.weight": [vocabulary, hidden],
    "model.norm.weight": [hidden],
  };
  for (let layer = 0; layer < config.num_hidden_layers; layer++) {
    shapes[`model.layers.${layer}.input_layernorm.weight`] = [hidden];
    shapes[`model.layers.${layer}.mlp.down_proj.weight`] = [hidden, inner];
    shapes[`model.layers.${layer}.mlp.gate_proj.weight`] = [inner, hidden];
    shapes[`model.layers.${layer}.mlp.up_proj.weight`] = [inner, hidden];
    shapes[`model.layers.${layer}.post_attention_layernorm.weight`] = [hidden];
    shapes[`model.layers.${layer}.self_attn.k_proj.weight`] = [keys, hidden];
    shapes[`model.layers.${layer}.self_attn.o_proj.weight`] = [hidden, queries];
    shapes[`model.layers.${layer}.self_attn.q_proj.weight`] = [queries, hidden];
    shapes[`model.layers.${layer}.self_attn.v_proj.weight`] = [keys, hidden];
  }
  return shapes;
}

/** An exponent of all ones is an infinity or not a number. */
function hasOnlyFiniteValues(values: Buffer): boolean {
  for (let at = 0; at < values.length; at += 2) {
    if ((values.readUInt16LE(at) & 0x7f80) === 0x7f80) return false;
  }
  return true;
}

/** The characters of GPT-2's `bytes_to_unicode`: those of Latin-1 that print, and 68 that follow Latin-1. */
const byteCharacters = [
  ...characters(0x21, 0x7e),
  ...characters(0xa1, 0xac),
  ...characters(0xae, 0xff),
  ...characters(0x100, 0x143),
];

function characters(first: number, last: number): string[] {
  return Array.from({ length: last - first + 1 }, (_, index) => String.fromCodePoint(first + index));
}

async function digests(directory: string): Promise<Record<string, string>> {
  const result: Record<string, string> = {};
  for (const name of (await readdir(directory)).sort()) {
    result[name] = createHash("sha256")
      .update(await readFile(join(directory, name)))
      .digest("hex");
  }
  return result;
}
