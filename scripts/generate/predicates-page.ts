/** `docs/reference/predicates.md`: what evidence states, of which type, who writes it and who reads it. */

import { type PredicateKind, type PublishedPredicate, predicateType } from "../../src/evidence/index.ts";
import { cell, code, markdownTable } from "./markdown.ts";
import { generatedNote } from "./reference.ts";

interface Use {
  readonly fact: string;
  readonly writers: string;
  readonly readers: string;
}

/** In the order of a release's life. */
const uses: Readonly<Record<PredicateKind, Use>> = {
  provenance: {
    fact: "How the release was made, and from what",
    writers: "`attest --type provenance`; other builders",
    readers: "people; a `statement` gate, SLSA verifiers",
  },
  forms: {
    fact: "The forms of a release hold the same files",
    writers: "nothing yet: a release has one form",
    readers: "nothing yet",
  },
  sbom: {
    fact: "What the release is made of (CycloneDX)",
    writers: "`attest --type sbom`, from another tool's file",
    readers: "people; a `statement` gate, cosign, Kyverno",
  },
  vulnerabilityScan: {
    fact: "What a scanner found",
    writers: "`attest --type scan`, from another tool's file",
    readers: "people; a `statement` gate, Conforma",
  },
  testResult: {
    fact: "An evaluation, a shadow run or a canary passed or failed",
    writers: "`eval-gate`, `attest --type shadow`, `attest --type canary`",
    readers: "the gates `evaluation`, `shadow`, `scan`",
  },
  approval: {
    fact: "Somebody agrees that the release reaches a state",
    writers: "`attest --type approval`",
    readers: "the gate `approval`",
  },
  runbook: {
    fact: "What people on call do",
    writers: "`attest --type runbook`",
    readers: "the gate `runbook`",
  },
  rollbackPlan: {
    fact: "What to go back to",
    writers: "`attest --type rollback-plan`",
    readers: "the gate `rollback-plan`",
  },
  waiver: {
    fact: "A gate is not asked for, until a date",
    writers: "`attest --type waiver`",
    readers: "every gate that can be waived",
  },
  promotion: {
    fact: "One link of the promotion chain",
    writers: "`promote`",
    readers: "`promote`, `verify`, `update-pointer`, `rollback`, `audit`",
  },
  verificationSummary: {
    fact: "A stage was reached under a policy",
    writers: "`promote`",
    readers: "admission controllers; `promote`, to write it once",
  },
  pointerEvent: {
    fact: "A pointer was moved in Git",
    writers: "`update-pointer`, `rollback`",
    readers: "`rollback`, `audit`",
  },
};

/** @param published what `publishedPredicates` has */
export function predicatesPage(published: readonly PublishedPredicate[]): string {
  const order = Object.keys(uses);
  const rows = published
    .toSorted((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind))
    .map(({ kind, type, name }) => {
      const { fact, writers, readers } = uses[kind];
      return [cell(fact), code(type), cell(writers), cell(readers), `[\`${name}.json\`](../../schemas/${name}.json)`];
    });
  return `${generatedNote("src/evidence and scripts/generate/predicates-page.ts")}

# Predicates

Evidence is an in-toto statement about the digest of a release, signed and attached to it. Its predicate type says what
is stated. What is written fits the schema, and what does not is not believed when it is read.

${markdownTable(["Fact", "Predicate type", "Who writes it", "Who reads it", "Schema"], rows)}

A signature by \`slipway sign\` is what \`cosign sign\` makes: a statement of type
${code(predicateType.cosignSignature)} with an empty predicate, which needs no schema.

Predicates that begin with \`urn:slipway:\` are Slipway's own and strict: a member that the schema does not name is
refused. The others follow their specifications, whose readers ignore what they do not know; the schemas here are the
part of them that Slipway writes and relies on.

What an approval says of reviews on GitHub is what GitHub told the signer: a claim, which no gate counts. Times are those
of the signer's clock.
`;
}
