import { shortDigest } from "../oci/index.ts";
import type { Dossier, Link } from "./dossier.ts";
import { promotionError } from "./errors.ts";
import { opposedRoles } from "./gate-kinds.ts";
import { signaturesBy } from "./gates/signature.ts";
import { type Attributed, alsoRejected, byWhom } from "./gates/statements.ts";
import { keyTimeProblem } from "./key-time.ts";
import type { Policy } from "./policy.ts";
import { provenTimeProblem } from "./proven-time.ts";
import type { Judged, Purpose, PurposeContext } from "./purpose-context.ts";
import { showRelease } from "./release.ts";
import { targets } from "./transition.ts";

/** The release has a signature that counts: with a key that is valid now; for what runs or ran, one that was. */
export function judgeSigned(purpose: Purpose, { dossier, chain, policy, now }: PurposeContext): Judged {
  const rule = "signature";
  const signers = signersOf(policy);
  const { found, rejected } = signaturesBy(signers, dossier.evidence);
  const problemOf = ({ evidence }: Attributed<true>) => {
    const problem = keyTimeProblem(evidence.signer, now);
    return problem === undefined ? provenTimeProblem(policy.times, evidence, undefined) : `its key ${problem}`;
  };
  const valid = found.find((item) => problemOf(item) === undefined);
  if (valid !== undefined) return { rule, ok: true, finding: `signed ${byWhom(valid)}` };
  const [expired] = found.filter(
    (item) => purpose === "serve" || (purpose === "rollback" && wasValid(item, chain.links, policy)),
  );
  if (expired !== undefined) {
    const problem = problemOf(expired);
    return { rule, ok: true, warning: true, finding: `signed ${byWhom(expired)}; ${problem}` };
  }
  const late = found.map((item) => `one by "${item.evidence.signer.name}" does not count: ${problemOf(item)}`);
  const finding = `no signature by ${signers.join(" or ")} counts${alsoRejected([...late, ...rejected])}`;
  return { rule, ok: false, finding, refusal: unsigned(dossier, finding) };
}

/** A signature says no time; who vouches for one does, and so does a promotion that was decided on it. */
function wasValid(
  { evidence: { statement, signer, proven } }: Attributed<true>,
  links: readonly Link[],
  { times }: Policy,
): boolean {
  if (proven !== undefined && keyTimeProblem(signer, proven.at) === undefined) return true;
  return links.some((link) => {
    const { evidence, promotedOn } = link.promotion;
    const at = times === "proven" ? link.proven?.at : new Date(promotedOn);
    const used = evidence.some((one) => one.statement === statement);
    return used && at !== undefined && keyTimeProblem(signer, at) === undefined;
  });
}

/** Roles that sign releases: those of the policy's signature gates. */
export function signersOf({ transitions }: Policy): readonly string[] {
  const gates = targets.flatMap((to) => transitions[to].gates.filter(({ kind }) => kind === "signature"));
  return gates.length === 0 ? [opposedRoles.builder] : [...new Set(gates.flatMap(({ signers }) => signers))];
}

function unsigned(dossier: Dossier, finding: string) {
  const release = `${showRelease(dossier)} (${shortDigest(dossier.subject)})`;
  return promotionError("RELEASE_UNSIGNED", `${release} is not signed: ${finding}`);
}
