import { predicateProblem } from "../../evidence/index.ts";
import { shortDigest } from "../../oci/index.ts";
import type { Evidence } from "../dossier.ts";
import { keyTimeProblem } from "../key-time.ts";
import { provenTimeProblem, skewMs } from "../proven-time.ts";
import type { GateContext } from "./gate.ts";

/** A statement by somebody in a role that a gate takes, and what it says. */
export interface Attributed<T> {
  readonly evidence: Evidence;
  readonly role: string;
  readonly content: T;
  /** Time that the signer asserts; undefined when the statement has none. */
  readonly at: Date | undefined;
}

/** Statements of one kind, and why each of the others does not count. */
export interface Sifted<T> {
  readonly found: readonly Attributed<T>[];
  readonly rejected: readonly string[];
}

/** How a kind of statement is read. */
interface StatementKind<T> {
  readonly predicateType: string;
  /** Undefined when the predicate is malformed. */
  readonly read: (evidence: Evidence) => T | undefined;
  /** RFC 3339. */
  readonly timeOf: (content: T) => string | undefined;
}

/** When statements are judged, and what their times must be. */
type Clock = Pick<GateContext, "now" | "policy">;

/** The statements of a kind by signers in one of the roles, whatever they say and whenever they were made. */
export function statementsBy<T>(
  signers: readonly string[],
  { predicateType, read, timeOf }: StatementKind<T>,
  evidence: readonly Evidence[],
): Sifted<T> {
  const found: Attributed<T>[] = [];
  const rejected: string[] = [];
  for (const item of evidence.filter((one) => one.predicateType === predicateType)) {
    const content = read(item);
    const role = signers.find((one) => item.signer.roles.includes(one));
    if (content === undefined) {
      const problem = predicateProblem(predicateType, item.predicate) ?? "it is not of its form";
      rejected.push(`${shortDigest(item.statement)} is malformed (${problem})`);
    } else if (role === undefined) {
      rejected.push(`${shortDigest(item.statement)} is by "${item.signer.name}" (${item.signer.roles.join(", ")})`);
    } else {
      const time = timeOf(content);
      found.push({ evidence: item, role, content, at: time === undefined ? undefined : new Date(time) });
    }
  }
  return { found, rejected };
}

/** Those that count now, newest first; the reasons of the others join those that are there already. */
export function validNow<T>({ found, rejected }: Sifted<T>, clock: Clock): Sifted<T> {
  const problems = new Map(found.map((item) => [item, timeProblem(item, clock)]));
  const late = found.flatMap((item) => {
    const problem = problems.get(item);
    return problem === undefined ? [] : [`${shortDigest(item.evidence.statement)} does not count: ${problem}`];
  });
  const valid = found.filter((item) => problems.get(item) === undefined);
  return { found: valid.toSorted(newestFirst), rejected: [...rejected, ...late] };
}

/** Why a statement does not count at this time; undefined when it does. */
export function timeProblem(
  { evidence, at }: Pick<Attributed<unknown>, "evidence" | "at">,
  { now, policy }: Clock,
): string | undefined {
  if (at !== undefined && !(at.getTime() <= now.getTime() + skewMs)) {
    return `it was made on ${at.toISOString()}, which is in the future`;
  }
  const { signer } = evidence;
  const then = at === undefined ? undefined : keyTimeProblem(signer, at);
  if (then !== undefined) return `its key "${signer.name}" ${then}`;
  const today = keyTimeProblem(signer, now);
  if (today !== undefined) return `its key "${signer.name}" ${today}`;
  return provenTimeProblem(policy.times, evidence, at);
}

/** `by "ci" (evaluator) on 2026-05-01T00:00:00.000Z`. */
export function byWhom({ evidence, role, at }: Attributed<unknown>): string {
  return `by "${evidence.signer.name}" (${role})${at === undefined ? "" : ` on ${at.toISOString()}`}`;
}

/** What else was there and why it does not count, to end a finding with. */
export function alsoRejected(rejected: readonly string[]): string {
  if (rejected.length === 0) return "";
  const more = rejected.length > 2 ? ` and ${rejected.length - 2} more` : "";
  return `; ${rejected.slice(0, 2).join(", ")}${more}`;
}

function newestFirst(a: Attributed<unknown>, b: Attributed<unknown>): number {
  return (b.at?.getTime() ?? 0) - (a.at?.getTime() ?? 0) || (a.evidence.statement < b.evidence.statement ? -1 : 1);
}
