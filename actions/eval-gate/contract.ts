import { defineStep, input, output, registryInputs } from "../../src/contract/index.ts";
import { formatInput, signerInputs, signingKey } from "../../src/signing/index.ts";

export const contract = defineStep({
  name: "eval-gate",
  summary: "Judge an evaluation against thresholds and the champion, and attach the verdict as signed evidence.",
  details: [
    "Reads the results file that lm-evaluation-harness wrote, compares it with the thresholds and, when there is a champion, with the values that the champion's own signed evaluation holds. A value that is missing, `N/A`, NaN or infinite is refused; it is never a zero.",
    "The verdict is `pass`, `fail` or `incomparable`: two values count as comparable only when task version, shots, samples, limits, templates and seeds are the same. Whatever the verdict, it is attached to the release as an in-toto test result, signed with the evaluator's key, under a tag that names the run; then the step fails unless it is a pass.",
    "A failed evaluation stands. A later one replaces it only by naming it in `supersedes`, with a reason.",
  ].join("\n\n"),
  positional: "subject",
  inputs: {
    subject: input.subject({
      description: "The release that was evaluated, with its digest.",
      required: true,
      example: "oci:out/store/seg:2.4.1-jetson@sha256:…",
    }),
    results: input.path({
      description: "Results file of lm-evaluation-harness (`results_*.json`).",
      required: true,
      example: "evaluations/results_2026-11-21T01-13-45.json",
    }),
    thresholds: input.path({
      description: "File that says what the values must be.",
      default: "thresholds.yaml",
      example: "thresholds.yaml",
    }),
    ...signerInputs,
    key: signingKey("evaluator"),
    ...formatInput,
    baseline: input.subject({
      description: "The champion to compare with, with its digest; leave out for the first release.",
      example: "oci:out/store/seg:2.4.0-jetson@sha256:…",
    }),
    "baseline-results": input.path({
      description: "The champion's results file; the default is the signed evaluation attached to it.",
    }),
    "baseline-key": input.list({
      description: "Public keys (PEM files) that may have signed the champion's evaluation; the default is this key.",
    }),
    supersedes: input.list({ description: "Digests of earlier evaluations of this release that this one replaces." }),
    "supersedes-reason": input.string({ description: "Why they are replaced.", example: "The first run had a limit." }),
    ...registryInputs,
  },
  outputs: {
    verdict: output.string({ description: "`pass`, `fail` or `incomparable`." }),
    statement: output.digest({ description: "Digest of the statement: what others refer to." }),
    bundle: output.digest({ description: "Digest of the manifest that attaches it to the subject." }),
    tag: output.string({ description: "Evidence tag of the evaluation; it names the run." }),
    failed: output.number({ description: "Tests that failed." }),
    subject: output.digest({ description: "The digest that was evaluated; use this from here on." }),
  },
});
