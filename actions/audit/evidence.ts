import type { Trust } from "../../src/dossier/index.ts";
import { checkOf, predicateType, readPredicate, statedTime } from "../../src/evidence/index.ts";
import type { Chain, Dossier, Evidence } from "../../src/lifecycle/index.ts";
import type { AuditedPointer } from "../../src/report/index.ts";

/** Who moved the release from state to state, in which role, on which evidence. */
export function approvalsOf({ links }: Chain, dossier: Dossier, trust: Trust): AuditedPointer["approvals"] {
  const nameOf = namesIn(dossier, trust);
  const signerOf = new Map(dossier.evidence.map((item) => [item.statement, item.signer.name]));
  return links.map(({ promotion, signer, statement }) => ({
    from: promotion.from,
    to: promotion.to,
    on: promotion.promotedOn,
    role: promotion.role,
    key: signer.name,
    fingerprint: signer.fingerprint,
    reason: promotion.reason,
    statement,
    run: promotion.run,
    evidence: promotion.evidence.map((used) => {
      const name = nameOf(used.signer) ?? (used.statement === undefined ? undefined : signerOf.get(used.statement));
      return {
        gate: used.gate,
        finding: used.finding,
        signedBy: name === undefined ? used.role : `${used.role ?? "?"}/${name}`,
        statement: used.statement,
      };
    }),
  }));
}

/** The evaluation that the last promotion which asked for one was decided on. */
export function evaluationOf({ links }: Chain, { evidence }: Dossier): AuditedPointer["evaluation"] {
  const used = links.flatMap(({ promotion }) => promotion.evidence.filter(({ gate }) => gate === "evaluation")).at(-1);
  const item = evidence.find(({ statement }) => statement === used?.statement);
  const result = item === undefined ? undefined : readPredicate("testResult", item);
  if (item === undefined || result === undefined || checkOf(result) !== "evaluation") return undefined;
  return {
    result: result.result,
    on: result.evaluatedOn,
    run: result.run,
    signedBy: `${used?.role ?? item.signer.roles[0]}/${item.signer.name}`,
    statement: item.statement,
    baselineVersion: result.baseline?.version,
    metrics: result.metrics ?? [],
  };
}

/** Everything that somebody whom the policy knows has signed, oldest first. */
export function evidenceOf({ evidence }: Dossier): AuditedPointer["evidence"] {
  const found = evidence.map((item) => {
    const { signer, statement, proven, tag } = item;
    return {
      fact: factOf(item),
      signedBy: `${signer.roles.join("+")}/${signer.name}`,
      identity: signer.identity === undefined ? undefined : `${signer.identity.subject} (${signer.identity.issuer})`,
      statement,
      tag,
      at: (proven?.at ?? statedTime(item))?.toISOString(),
      proven: proven !== undefined,
    };
  });
  // In both storages a signature is two payloads, which say the same.
  const unique = new Map(
    found.map((one) => [one.fact === "signature" ? `signature ${one.signedBy}` : one.statement, one]),
  );
  return [...unique.values()].sort((a, b) => (a.at ?? "").localeCompare(b.at ?? ""));
}

/** What a statement is about, in a word or two. */
function factOf(item: Evidence): string {
  if (item.predicateType === predicateType.cosignSignature) return "signature";
  const result = readPredicate("testResult", item);
  if (result !== undefined) return `${checkOf(result)} ${result.result}`;
  const promotion = readPredicate("promotion", item);
  if (promotion !== undefined) return `promotion to ${promotion.to}`;
  const summary = readPredicate("verificationSummary", item);
  if (summary !== undefined) return `summary ${summary.verifiedLevels.join(", ")}`;
  const approval = readPredicate("approval", item);
  if (approval !== undefined) return `approval of ${approval.to}`;
  const known = Object.entries(predicateType).find(([, type]) => type === item.predicateType)?.[0];
  return known?.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`) ?? item.predicateType;
}

/** What was not asked for, by whom it was waived, and until when. */
export function waiversOf({ links }: Chain, dossier: Dossier, trust: Trust, now: Date): AuditedPointer["waivers"] {
  const nameOf = namesIn(dossier, trust);
  return links.flatMap(({ promotion }) =>
    promotion.waivers.map(({ gate, reason, until, role, signer }) => ({
      gate,
      to: promotion.to,
      reason,
      until,
      by: `${role}/${nameOf(signer) ?? signer.slice(0, 16)}`,
      expired: Date.parse(until) < now.getTime(),
    })),
  );
}

/** The policy's names of signers, by what links call them: a key's own, and those who signed anything here. */
function namesIn({ evidence }: Dossier, trust: Trust): (fingerprint: string | undefined) => string | undefined {
  const known = new Map(evidence.map(({ signer }) => [signer.fingerprint, signer.name]));
  return (fingerprint) =>
    fingerprint === undefined
      ? undefined
      : (trust.signerOf({ kind: "key", fingerprint })?.name ?? known.get(fingerprint));
}
