import { keyTimeProblem, type Policy, type PolicyIdentity, type Signer } from "../../lifecycle/index.ts";
import { type Finding, finding } from "../../oci/index.ts";
import { dayOf, isMeant, type Signatory, showSignatory, standing } from "../../signing/index.ts";
import type { Trust } from "../trust.ts";

const check = "signer's role";

/**
 * Who a signer is to a policy.
 * @param signatories one, or all whom a certificate may name, the likeliest first; nobody where that is not known
 */
export function judgeRole(signatories: readonly Signatory[], policy: Policy, trust: Trust, now: Date): Finding {
  const [signer] = signatories.flatMap((signatory) => trust.signerOf(signatory) ?? []);
  const [likeliest] = signatories;
  if (signer !== undefined) return judgeSigner(signer, policy, now);
  if (likeliest === undefined) return finding(check, "unknown", "whom a certificate will name cannot be told", unnamed);
  if (likeliest.kind === "key") return unknownKey(likeliest.fingerprint, policy);
  // A token is not a certificate: what one will say is expected and not known.
  return finding(check, "warning", nearestText(signatories.filter(isIdentity), policy), unknownIdentity);
}

const unnamed =
  "Whether the policy knows this job is seen once something was signed: give a token that is good, or look at the subject of a certificate.";

function judgeSigner(signer: Signer, policy: Policy, now: Date): Finding {
  const { name, roles, until } = signer;
  const who = `${policy.file} knows the signer as ${name}, ${rolesText(signer)}`;
  const problem = keyTimeProblem(signer, now);
  if (problem !== undefined) {
    return finding(
      check,
      "failed",
      `${who}, who ${problem}`,
      `What it signs now counts for nothing: give ${name} another period in the policy, or sign as somebody who may act now.`,
    );
  }
  if (until === undefined) return finding(check, "ok", who);
  const end = `${who}, until ${dayOf(until)}`;
  if (standing(signer, now) !== "soon") return finding(check, "ok", end);
  return finding(
    check,
    "warning",
    end,
    `What it signs afterwards counts for nothing: add the successor to ${roles.join(", ")} before.`,
  );
}

function rolesText({ roles }: Signer): string {
  return roles.length === 1 ? `in the role ${roles[0]}` : `in the roles ${roles.join(", ")}`;
}

function unknownKey(fingerprint: string, policy: Policy): Finding {
  const known = keysOf(policy);
  return finding(
    check,
    "failed",
    `the key ${fingerprint.slice(0, 16)}… is none of those in ${policy.file}${known === "" ? "" : ` (${known})`}`,
    "What it signs counts for nothing: sign with the key of one of these, or add its public key to a role of the policy.",
  );
}

const unknownIdentity =
  "What is signed in this job will count for nothing: sign in the workflow, branch and environment that the policy names, or add this identity to a role.";

type Identity = Extract<Signatory, { kind: "identity" }>;

function isIdentity(signatory: Signatory): signatory is Identity {
  return signatory.kind === "identity";
}

/** What sets whom a certificate may name apart from the nearest that the policy has. */
function nearestText(signatories: readonly Identity[], policy: Policy): string {
  const { file } = policy;
  const named = [...policy.roles.values()].flat().flatMap((member) => (member.kind === "identity" ? [member] : []));
  for (const signatory of signatories) {
    const near = named.find(({ identity }) => isMeant({ ...identity, claims: {} }, signatory));
    if (near !== undefined)
      return `${showSignatory(signatory)} would be ${near.name} with ${lackedBy(signatory, near)}`;
  }
  const issuer = signatories[0]?.issuer;
  const who = signatories.map(({ subject }) => subject).join(" or ");
  const sameIssuer = named.filter(({ identity }) => identity.issuer === issuer);
  if (sameIssuer.length === 0) return `${file} has no identity of the issuer ${issuer} (${who})`;
  const wanted = sameIssuer.map(({ name, identity }) => `${name}: ${identity.subject}`).slice(0, mostNamed);
  return `${who} is none of those that ${file} has of the issuer ${issuer} (${wanted.join(", ")})`;
}

/** Claims that a member must have and whose token does not say them. */
function lackedBy(signatory: Identity, { identity }: PolicyIdentity): string {
  const lacking = Object.entries(identity.claims).filter(
    ([claim, value]) => !isMeant({ ...identity, claims: { [claim]: value } }, signatory),
  );
  return `${lacking.map(([claim, value]) => `${claim} ${value}`).join(", ")}, which its token does not say`;
}

const mostNamed = 10;

function keysOf({ roles }: Policy): string {
  return [...roles]
    .flatMap(([role, members]) => members.filter(({ kind }) => kind === "key").map(({ name }) => `${name}: ${role}`))
    .slice(0, mostNamed)
    .join(", ");
}
