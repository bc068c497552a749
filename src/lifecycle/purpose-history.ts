import { promotionError } from "./errors.ts";
import { keyTimeProblem } from "./key-time.ts";
import type { Judged, Purpose, PurposeContext } from "./purpose-context.ts";
import { showRelease } from "./release.ts";

/**
 * The links are in order and their signers had the authority, or there would be no chain to judge; said so that it is
 * seen, with keys that have run out since. What was not accepted is reported to an auditor.
 */
export function judgeLinks(purpose: Purpose, { chain, dossier, now, policy }: PurposeContext): Judged[] {
  const links = chain.links.map(
    ({ promotion: { sequence, from, to, role, promotedOn }, signer }) =>
      `${sequence}: ${from} → ${to} by "${signer.name}" (${role}) on ${promotedOn}`,
  );
  const expired = new Set(
    chain.links.flatMap(({ signer }) => (keyTimeProblem(signer, now) === undefined ? [] : [signer.name])),
  );
  const order = policy.ledger === undefined ? "; without a ledger a last link that was deleted goes unnoticed" : "";
  const finding = links.length === 0 ? `no promotion yet${order}` : `${links.join(", ")}${order}`;
  return [
    { rule: "chain", ok: true, finding },
    ...(expired.size === 0
      ? []
      : [{ rule: "keys", ok: true, warning: true, finding: `run out since: ${[...expired].join(", ")}` }]),
    ...(purpose === "audit"
      ? dossier.refused.map(({ digest, why }) => ({
          rule: "not accepted",
          ok: true,
          warning: true,
          finding: `${digest}: ${why}`,
        }))
      : []),
  ];
}

/** The environment does not forbid the release. What is served already is not asked again. */
export function judgeHolds(purpose: Purpose, { held, dossier, environment }: PurposeContext): Judged[] {
  const rule = "hold";
  const moves = purpose === "deploy" || purpose === "rollback";
  const where = environment === undefined ? "" : ` in ${environment.name}`;
  if (held === undefined) {
    const finding = `the holds${where} could not be read`;
    const refusal = promotionError("HOLDS_UNREADABLE", `${finding}, so ${showRelease(dossier)} may be on hold`);
    return moves ? [{ rule, ok: false, finding, refusal }] : [{ rule, ok: true, warning: true, finding }];
  }
  const hold = held.find(({ subject }) => subject === dossier.subject);
  if (hold === undefined) return moves ? [{ rule, ok: true, finding: `not on hold${where}` }] : [];
  const finding = `on hold${where} since ${hold.since}: ${hold.reason}`;
  const refusal = promotionError("RELEASE_HELD", `${showRelease(dossier)} is ${finding}`);
  return moves ? [{ rule, ok: false, finding, refusal }] : [{ rule, ok: true, warning: true, finding }];
}

/** Waivers that a promotion stood on are shown in every later report (DESIGN 5.5). */
export function judgeWaivers({ chain }: PurposeContext): Judged[] {
  return chain.links.flatMap(({ promotion: { to, waivers } }) =>
    waivers.map(({ gate, role, reason, until }) => ({
      rule: "waiver",
      ok: true,
      warning: true,
      finding: `${gate} to ${to} was waived by ${role} until ${until}: ${reason}`,
    })),
  );
}
