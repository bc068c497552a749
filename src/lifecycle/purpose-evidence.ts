import type { SlipwayError } from "../errors/index.ts";
import type { Digest } from "../oci/index.ts";
import type { Chain } from "./chain.ts";
import type { Dossier } from "./dossier.ts";
import { promotionError } from "./errors.ts";
import type { Judged, Purpose, PurposeContext } from "./purpose-context.ts";
import { showRelease } from "./release.ts";
import { nextState } from "./transition.ts";

/** A statement that a decision stands on and that is not there any more. */
interface Lost {
  readonly gate: string;
  readonly statement: Digest;
}

/**
 * What the last link was decided on is still there, so that somebody else can come to the same decision (DESIGN 5.5).
 * What is served, and what takes a release out of use, is not stopped by it. A pack without the store is not asked: it
 * leaves out what is large.
 */
export function judgeEvidence(purpose: Purpose, { dossier, chain, to }: PurposeContext): Judged[] {
  const lost = lostEvidence(dossier, chain);
  if (lost.length === 0) return [];
  const finding = `not there any more: ${lost.map(({ gate, statement }) => `${gate} ${statement}`).join(", ")}`;
  const rule = "evidence";
  const moves =
    purpose === "deploy" || purpose === "rollback" || (purpose === "promote" && isUp(to ?? nextState(chain.state)));
  if (!moves || dossier.links.store === undefined) return [{ rule, ok: true, warning: true, finding }];
  return [{ rule, ok: false, finding, refusal: evidenceLost(dossier, lost) }];
}

/** The refusal of a promotion towards use whose release has lost what it stands on. */
export function lossRefusal(dossier: Dossier, chain: Chain, to: string | undefined): SlipwayError | undefined {
  const lost = lostEvidence(dossier, chain);
  return lost.length === 0 || !isUp(to) || dossier.links.store === undefined ? undefined : evidenceLost(dossier, lost);
}

/** Statements that the last link names and that are neither accepted nor, for a reason that is told, refused. */
function lostEvidence({ evidence, refused }: Dossier, { links }: Chain): readonly Lost[] {
  const there = new Set([...evidence, ...refused].map(({ statement }) => statement));
  const { evidence: used = [], waivers = [] } = links.at(-1)?.promotion ?? {};
  const named = [...used, ...waivers].flatMap(({ gate, statement }) =>
    statement === undefined ? [] : [{ gate, statement }],
  );
  return named.filter(({ statement }) => !there.has(statement));
}

/** Whether the store alone does not have all that the last link stands on. */
export function lacksEvidence(dossier: Dossier, chain: Chain): boolean {
  return lostEvidence(dossier, chain).length > 0;
}

function isUp(to: string | undefined): boolean {
  return to === "staging" || to === "production";
}

function evidenceLost(dossier: Dossier, lost: readonly Lost[]): SlipwayError {
  return promotionError(
    "EVIDENCE_LOST",
    `${showRelease(dossier)} lacks ${lost.length} of the statements that its last promotion stands on`,
    { details: lost.map(({ gate, statement }) => `${gate}: ${statement} is neither in the store nor in the ledger`) },
  );
}
