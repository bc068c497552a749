import type { Table } from "../../src/contract/index.ts";
import { shortDigest } from "../../src/oci/index.ts";
import { type JudgedCandidate, type SignatureVerdict, showSignatory } from "../../src/signing/index.ts";
import { type PurposeVerdict, purposeTable } from "./purpose.ts";

/** What is shown of a verdict: what decides it, and everything else when that was asked for. */
export function tablesOf(verdict: SignatureVerdict, purpose: PurposeVerdict | undefined, explain: boolean): Table[] {
  const { candidates } = verdict;
  const rules = purpose === undefined ? [] : [purposeTable(purpose)];
  if (candidates.length === 0) return rules;
  if (explain) return [...rules, candidateTable(verdict), checkTable(candidates)];
  // Whose signature counts is one of the rules; the other evidence is no failed signature.
  return purpose === undefined || verdict.acceptedBy === undefined ? [...rules, candidateTable(verdict)] : rules;
}

function candidateTable({ candidates }: SignatureVerdict): Table {
  return {
    title: "Signature candidates",
    columns: [{ name: "candidate", code: true }, { name: "stored as" }, { name: "verdict" }, { name: "why" }],
    rows: candidates.map(({ holder, storage, judgement, objection }) => [
      shortDigest(holder),
      storage,
      objection === undefined ? "accepted" : "refused",
      objection === undefined && judgement.accepted
        ? `signed by ${showSignatory(judgement.signatory)}`
        : `${objection?.code} ${objection?.why}`,
    ]),
  };
}

function checkTable(candidates: readonly JudgedCandidate[]): Table {
  return {
    title: "Checks",
    columns: [{ name: "candidate", code: true }, { name: "check" }, { name: "verdict" }, { name: "what was found" }],
    rows: candidates.flatMap(({ holder, judgement }) =>
      judgement.checks.map(({ name, ok, finding }, place) => [
        place === 0 ? shortDigest(holder) : "",
        name,
        ok ? "✓ holds" : "✗ refused",
        finding,
      ]),
    ),
  };
}
