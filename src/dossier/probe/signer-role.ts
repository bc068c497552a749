import { keyTimeProblem, type Policy, type PolicyIdentity, type Signer } from "../../lifecycle/index.ts";
import { type Finding, finding } from "../../oci/index.ts";
import { dayOf, isMeant, type Signatory, showSignatory, standing } from "../../signing/index.ts";
import type { Trust } from "../trust.ts";

const check = "signer's role";

/** Who a signer is to a policy. @param signatory somebody without a key as far as their token says who they will be */
export function judgeRole(signatory: Signatory, policy: Policy, trust: Trust, now: Date): Finding {
  const signer = trust.signerOf(signatory);
  if (signer === undefined) return stranger(signatory, policy);
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

function stranger(signatory: Signatory, policy: Policy): Finding {
  if (signatory.kind === "key") {
    const known = membersOf(policy, "key");
    return finding(
      check,
      "failed",
      `the key ${signatory.fingerprint} is none of those in ${policy.file}${known === "" ? "" : ` (${known})`}`,
      "What it signs counts for nothing: sign with the key of one of these, or add its public key to a role of the policy.",
    );
  }
  // A token is not a certificate: what one will say is expected and not known.
  return finding(check, "warning", nearestText(signatory, policy), unknownIdentity);
}

const unknownIdentity =
  "What is signed in this job will count for nothing: sign in the workflow, branch and environment that the policy names, or add this identity to a role.";

type Identity = Extract<Signatory, { kind: "identity" }>;

/** What sets an identity apart from the nearest that the policy has. */
function nearestText(signatory: Identity, policy: Policy): string {
  const who = showSignatory(signatory);
  const named = [...policy.roles.values()]
    .flat()
    .filter((member): member is PolicyIdentity => member.kind === "identity");
  const sameIssuer = named.filter(({ identity }) => identity.issuer === signatory.issuer);
  if (sameIssuer.length === 0)
    return `${policy.file} has no identity of the issuer ${signatory.issuer} (${signatory.subject})`;
  const near = sameIssuer.find(({ identity }) => isMeant({ ...identity, claims: {} }, signatory));
  if (near === undefined) {
    const wanted = sameIssuer.map(({ name, identity }) => `${name}: ${identity.subject}`).join(", ");
    return `${who} is none of those that ${policy.file} has of this issuer (${wanted})`;
  }
  const { subject, claims } = near.identity;
  const wrong = Object.entries(claims).filter(
    ([claim, value]) => !isMeant({ issuer: signatory.issuer, subject, claims: { [claim]: value } }, signatory),
  );
  const lacks = wrong.map(([claim, value]) => `${claim} ${value}`).join(", ");
  return `${who} would be ${near.name} with ${lacks}, which its token does not say`;
}

function membersOf(policy: Policy, kind: "key" | "identity"): string {
  return [...policy.roles]
    .flatMap(([role, members]) =>
      members.filter((member) => member.kind === kind).map(({ name }) => `${name}: ${role}`),
    )
    .slice(0, 10)
    .join(", ");
}
