import { architecture } from "./architecture.ts";
import { words } from "./words.ts";

/** Special tokens by purpose; they take the first ids of the vocabulary in this order. */
export const specialTokens = {
  begin: "<|begin|>",
  end: "<|end|>",
  pad: "<|pad|>",
  system: "<|system|>",
  user: "<|user|>",
  assistant: "<|assistant|>",
};

const specials = Object.values(specialTokens);

/** Id of a special token. */
export function specialId(token: string): number {
  return specials.indexOf(token);
}

/** `tokenizer.json` as the tokenizers library reads it: byte-level byte-pair encoding. */
export function tokenizerDefinition(): object {
  const { tokens, merges } = learnVocabulary();
  const { begin } = specialTokens;
  const beginPiece = { SpecialToken: { id: begin, type_id: 0 } };
  return {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: specials.map((content, id) => ({ id, content, ...specialTokenFlags })),
    normalizer: null,
    pre_tokenizer: { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: true },
    post_processor: {
      type: "TemplateProcessing",
      single: [beginPiece, { Sequence: { id: "A", type_id: 0 } }],
      pair: [beginPiece, { Sequence: { id: "A", type_id: 0 } }, { Sequence: { id: "B", type_id: 1 } }],
      special_tokens: { [begin]: { id: begin, ids: [specialId(begin)], tokens: [begin] } },
    },
    decoder: { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: true },
    model: {
      type: "BPE",
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: false,
      // The ten digits come first in the file, as JavaScript orders keys that look like integers.
      vocab: Object.fromEntries(tokens.map((token, id) => [token, id])),
      merges,
    },
  };
}

/** `tokenizer_config.json` as transformers reads it. */
export function tokenizerConfig(): object {
  const { end, assistant } = specialTokens;
  return {
    ...specialTokensMap(),
    added_tokens_decoder: Object.fromEntries(
      specials.map((content, id) => [String(id), { content, ...specialTokenFlags }]),
    ),
    chat_template:
      "{{ bos_token }}{% for message in messages %}" +
      `{{ '<|' + message['role'] + '|>' + message['content'] + '${end}' }}{% endfor %}` +
      `{% if add_generation_prompt %}{{ '${assistant}' }}{% endif %}`,
    clean_up_tokenization_spaces: false,
    model_input_names: ["input_ids", "attention_mask"],
    model_max_length: architecture.max_position_embeddings,
    tokenizer_class: "PreTrainedTokenizerFast",
  };
}

/** `special_tokens_map.json` as transformers reads it. */
export function specialTokensMap(): object {
  const { begin, end, pad, system, user, assistant } = specialTokens;
  return {
    bos_token: begin,
    eos_token: end,
    pad_token: pad,
    additional_special_tokens: [system, user, assistant],
  };
}

const specialTokenFlags = {
  single_word: false,
  lstrip: false,
  rstrip: false,
  normalized: false,
  special: true,
};

/**
 * Learns merges from the word list by byte-pair encoding (Sennrich et al., 2016) until the vocabulary
 * is full: specials, then the 256 bytes in order, then one token for each merge. The most frequent pair
 * wins, among equals the one with the lowest ids.
 */
function learnVocabulary(): { tokens: string[]; merges: string[] } {
  const tokens = [...specials, ...byteAlphabet()];
  const idOf = new Map(tokens.map((token, id) => [token, id]));
  const merges: string[] = [];
  const space = specials.length + 0x20;
  const corpus = words.map((word, rank) => ({
    ids: [space, ...Array.from(word, (letter) => specials.length + letter.charCodeAt(0))],
    weight: words.length - rank,
  }));
  const spell = (id: number): string => tokens[id] ?? "";

  while (tokens.length < architecture.vocab_size) {
    const pair = mostFrequentPair(corpus, (left, right) => !idOf.has(spell(left) + spell(right)));
    const id = tokens.length;
    const token = spell(pair.left) + spell(pair.right);
    tokens.push(token);
    idOf.set(token, id);
    merges.push(`${spell(pair.left)} ${spell(pair.right)}`);
    for (const word of corpus) word.ids = replacePair(word.ids, pair, id);
  }
  return { tokens, merges };
}

interface Pair {
  readonly left: number;
  readonly right: number;
}

/** `isNew` keeps two different merges from spelling one token: each merge must add one to the vocabulary. */
function mostFrequentPair(
  corpus: readonly { readonly ids: readonly number[]; readonly weight: number }[],
  isNew: (left: number, right: number) => boolean,
): Pair {
  const counts = new Map<number, number>();
  for (const { ids, weight } of corpus) {
    let left: number | undefined;
    for (const right of ids) {
      if (left !== undefined) {
        const key = left * architecture.vocab_size + right;
        counts.set(key, (counts.get(key) ?? 0) + weight);
      }
      left = right;
    }
  }

  let best: Pair | undefined;
  let bestCount = 0;
  let bestKey = 0;
  for (const [key, count] of counts) {
    if (count < bestCount || (count === bestCount && key > bestKey)) continue;
    const left = Math.floor(key / architecture.vocab_size);
    const right = key % architecture.vocab_size;
    if (!isNew(left, right)) continue;
    best = { left, right };
    bestCount = count;
    bestKey = key;
  }
  if (best === undefined) throw new Error("the word list is too short for the vocabulary");
  return best;
}

function replacePair(ids: readonly number[], pair: Pair, replacement: number): number[] {
  const replaced: number[] = [];
  for (const id of ids) {
    if (id === pair.right && replaced.at(-1) === pair.left) replaced[replaced.length - 1] = replacement;
    else replaced.push(id);
  }
  return replaced;
}

/**
 * GPT-2's printable character for each of the 256 bytes (`bytes_to_unicode`): a byte that prints in
 * Latin-1 stands for itself, the others take the characters from U+0100 on, in order.
 */
function byteAlphabet(): string[] {
  let nextStandIn = 0x100;
  return Array.from({ length: 256 }, (_, byte) => {
    const prints = (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;
    return String.fromCodePoint(prints ? byte : nextStandIn++);
  });
}
