import { writeFile } from "node:fs/promises";

/** What an evaluation of one release found, in the form that lm-evaluation-harness 0.4.13 writes. */
export interface DemoScores {
  readonly accuracy: number;
  readonly perplexity: number;
}

/** Thresholds that a platform engineer would write for the demo's model. */
export const thresholds = (model: string) => `model: ${model}
metrics:
  "arc_easy.acc,none":
    min: 0.55
    maxDrop: 0.01     # how far it may fall behind the champion
    minSamples: 500
  "wikitext.word_perplexity,none":
    max: 20
    maxDrop: 0.5
`;

/** Writes the results file of an evaluation; the demo has no GPU, so its numbers are made up and its form is real. */
export async function writeEvaluation(path: string, model: string, scores: DemoScores): Promise<void> {
  const { accuracy, perplexity } = scores;
  const results = {
    results: {
      arc_easy: {
        name: "arc_easy",
        alias: "arc_easy",
        sample_len: 2376,
        "acc,none": accuracy,
        "acc_stderr,none": 0.0102,
        sample_count: { "acc,none": 2376 },
      },
      wikitext: {
        name: "wikitext",
        alias: "wikitext",
        sample_len: 62,
        "word_perplexity,none": perplexity,
        "word_perplexity_stderr,none": "N/A",
        sample_count: { "word_perplexity,none": 62 },
      },
    },
    group_subtasks: { arc_easy: [], wikitext: [] },
    configs: {
      arc_easy: { task: "arc_easy", dataset_path: "allenai/ai2_arc", dataset_name: "ARC-Easy", num_fewshot: 0 },
      wikitext: { task: "wikitext", dataset_path: "EleutherAI/wikitext_document_level", num_fewshot: 0 },
    },
    versions: { arc_easy: 1, wikitext: 2 },
    "n-shot": { arc_easy: 0, wikitext: 0 },
    higher_is_better: { arc_easy: { acc: true }, wikitext: { word_perplexity: false } },
    "n-samples": {
      arc_easy: { original: 2376, effective: 2376 },
      wikitext: { original: 62, effective: 62 },
    },
    config: {
      model: "local-completions",
      model_args: { model, base_url: "http://127.0.0.1:8000/v1/completions" },
      batch_size: 8,
      batch_sizes: [],
      device: null,
      use_cache: null,
      limit: null,
      bootstrap_iters: 0,
      gen_kwargs: null,
      random_seed: 0,
      numpy_seed: 1234,
      torch_seed: 1234,
      fewshot_seed: 1234,
    },
    git_hash: null,
    date: Math.floor(Date.now() / 1000) - 60,
    lm_eval_version: "0.4.13",
    task_hashes: {},
    model_source: "local-completions",
    model_name: model,
    model_name_sanitized: model.replaceAll("/", "__"),
    system_instruction: null,
    system_instruction_sha: null,
    fewshot_as_multiturn: false,
    chat_template: null,
    chat_template_sha: null,
    total_evaluation_time_seconds: "12.5",
  };
  await writeFile(path, `${JSON.stringify(results, undefined, 2)}\n`);
}
