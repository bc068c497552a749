import { checkOf, fromDigestSet, predicateType, readPredicate, type TestResult } from "../../evidence/index.ts";
import { shortDigest } from "../../oci/index.ts";
import type { Evidence } from "../dossier.ts";
import { opposedRoles } from "../gate-kinds.ts";
import { failed, type GateContext, type GateVerdict, met, missing } from "./gate.ts";
import { type Attributed, alsoRejected, byWhom, statementsBy, timeProblem } from "./statements.ts";
import { supersededAmong } from "./supersession.ts";

/** What a result must have been compared with: says how it was, or why that does not suffice. */
export type Standard = (result: TestResult) => { readonly holds: string } | { readonly lacks: string };

/**
 * Judges the results of a check: none that failed stands, and one that passed counts. A failed one stands until a
 * later one names it in `supersedes` (DESIGN 5.4), even when its key has run out since.
 *
 * @param checks names of the check, of which any will do
 * @param remedy how to get a result
 */
export function judgeTestResults(
  context: GateContext,
  {
    checks,
    standard,
    remedy,
  }: { readonly checks: readonly string[]; readonly standard: Standard; readonly remedy: string },
): GateVerdict {
  const { gate, dossier, now } = context;
  // What cannot be read might be a result of this check; what is one of another check is no concern of this gate.
  const own = dossier.evidence.filter((item) => {
    const content = kind.read(item);
    return content === undefined || checks.includes(checkOf(content));
  });
  const sifted = statementsBy(gate.signers, kind, own);
  const results = sifted.found;
  const unusable = new Map(results.map((item) => [item, usageProblem(item, context)]));
  const superseded = supersededAmong(
    results.map((item) => ({
      statement: item.evidence.statement,
      supersedes: unusable.get(item) === undefined ? (item.content.supersedes ?? []).map(fromDigestSet) : [],
    })),
  );
  const standing = results.filter(({ evidence }) => !superseded.has(evidence.statement)).toSorted(newestFirst);
  const failure = standing.find(({ content }) => content.result === "FAILED");
  if (failure !== undefined) {
    return failed(
      `${shortDigest(failure.evidence.statement)} FAILED ${byWhom(failure)}, and nothing supersedes it`,
      `${remedy} The new result has to name ${failure.evidence.statement} in \`supersedes\`, with a reason.`,
      failure,
    );
  }
  const passed = standing.filter(({ content }) => content.result === "PASSED");
  const judged = passed.map((item) => ({ item, ...judgePassed(item, unusable.get(item), standard, gate.maxAge, now) }));
  const accepted = judged.find(({ problem }) => problem === undefined);
  if (accepted !== undefined) return met(`passed ${byWhom(accepted.item)}${accepted.note}`, accepted.item);
  const [first] = judged;
  if (first !== undefined) return failed(`the result ${byWhom(first.item)} ${first.problem}`, remedy, first.item);
  const warned = standing.length === 0 ? [] : [`${standing.length} neither passed nor failed`];
  return missing(
    `no ${checks.join(" or ")} result by ${gate.signers.join(" or ")} passed${alsoRejected([...warned, ...sifted.rejected])}`,
    remedy,
  );
}

function usageProblem(
  { evidence, at }: Attributed<TestResult>,
  { gate, now, policy }: GateContext,
): string | undefined {
  if (gate.kind === "evaluation" && evidence.signer.roles.includes(opposedRoles.builder)) {
    return `its key "${evidence.signer.name}" also signs releases`;
  }
  return timeProblem({ evidence, at }, { now, policy });
}

function judgePassed(
  { content, at }: Attributed<TestResult>,
  unusable: string | undefined,
  standard: Standard,
  maxAge: number | undefined,
  now: Date,
): { readonly problem: string | undefined; readonly note: string } {
  const refuse = (problem: string) => ({ problem, note: "" });
  if (unusable !== undefined) return refuse(`does not count: ${unusable}`);
  if (content.verdict !== undefined && content.verdict !== "pass") {
    return refuse(`contradicts itself: it is PASSED, and its verdict is ${content.verdict}`);
  }
  if (maxAge !== undefined) {
    if (at === undefined) return refuse("does not say when it was made, and the policy limits its age");
    if (now.getTime() - at.getTime() > maxAge) return refuse(`is older than ${hours(maxAge)}`);
  }
  const compared = standard(content);
  return "lacks" in compared ? refuse(compared.lacks) : { problem: undefined, note: compared.holds };
}

const kind = {
  predicateType: predicateType.testResult,
  read: (evidence: Evidence) => readPredicate("testResult", evidence),
  timeOf: ({ evaluatedOn }: TestResult) => evaluatedOn,
};

function hours(ms: number): string {
  return ms >= 3_600_000 ? `${Math.round(ms / 3_600_000)} hours` : `${Math.round(ms / 1000)} seconds`;
}

function newestFirst(a: Attributed<unknown>, b: Attributed<unknown>): number {
  return (b.at?.getTime() ?? 0) - (a.at?.getTime() ?? 0) || (a.evidence.statement < b.evidence.statement ? -1 : 1);
}
