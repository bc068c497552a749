import { shortDigest } from "../oci/index.ts";
import { keyTimeProblem } from "./authority.ts";
import type { Dossier, Link } from "./dossier.ts";
import { promotionError } from "./errors.ts";
import { opposedRoles } from "./gate-kinds.ts";
import { signaturesBy } from "./gates/signature.ts";
import { type Attributed, alsoRejected, byWhom } from "./gates/statements.ts";
import type { Policy } from "./policy.ts";
import type { Judged, Purpose, PurposeContext } from "./purpose-context.ts";
import { showRelease } from "./release.ts";
import { targets } from "./transition.ts";

/** The release has a signature that counts: with a key that is valid now; for what runs or ran, one that was. */
export function judgeSigned(purpose: Purpose, { dossier, chain, policy, now }: PurposeContext): Judged {
  const rule = "signature";
  const signers = signersOf(policy);
  const { found, rejected } = signaturesBy(signers, dossier.evidence);
  const valid = found.find(({ evidence }) => keyTimeProblem(evidence.signer, now) === undefined);
  if (valid !== undefined) return { rule, ok: true, finding: `signed ${byWhom(valid)}` };
  const [expired] = found.filter(
    (item) => purpose === "serve" || (purpose === "rollback" && wasValid(item, chain.links)),
  );
  if (expired !== undefined) {
    const problem = keyTimeProblem(expired.evidence.signer, now);
    return { rule, ok: true, warning: true, finding: `signed ${byWhom(expired)}, with a key that ${problem}` };
  }
  const late = found.map(({ evidence }) => `"${evidence.signer.name}" ${keyTimeProblem(evidence.signer, now)}`);
  const finding = `no signature by ${signers.join(" or ")} counts${alsoRejected([...late, ...rejected])}`;
  return { rule, ok: false, finding, refusal: unsigned(dossier, finding) };
}

/** A signature says no time; a promotion that was decided on it does. */
function wasValid({ evidence: { statement, signer } }: Attributed<true>, links: readonly Link[]): boolean {
  return links.some(
    ({ promotion }) =>
      promotion.evidence.some((used) => used.statement === statement) &&
      keyTimeProblem(signer, new Date(promotion.promotedOn)) === undefined,
  );
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
