import type { Policy, PolicyMember } from "../../lifecycle/index.ts";
import { type Finding, finding } from "../../oci/index.ts";
import { dayOf, standing } from "../../signing/index.ts";

/** A policy that was read: whom it names. Its keys and its trusted root were read with it. */
export function judgePolicy({ file, digest, roles }: Policy): Finding {
  const members = [...roles.values()].flat();
  const count = (kind: PolicyMember["kind"]) => members.filter((member) => member.kind === kind).length;
  const seen = `${file} (${digest.slice(0, 15)}…): ${roles.size} roles, with ${count("key")} keys and ${count("identity")} identities`;
  return finding("policy", "ok", seen);
}

/** Members who may not act any more, or not for long; who is not needed any more may stay, since old releases name them. */
export function judgeMembers({ roles }: Policy, now: Date): Finding {
  const check = "policy members";
  const ending = [...roles].flatMap(([role, members]) =>
    members.flatMap((member) => {
      const words = endText(member, now);
      return words === undefined ? [] : [`${member.name} (${role}) ${words}`];
    }),
  );
  if (ending.length === 0) return finding(check, "ok", "all may act now, and for 30 days at least");
  return finding(
    check,
    "warning",
    ending.join(", "),
    "What they sign outside their time counts for nothing: add their successors; leave the old ones, by whom old evidence is verified.",
  );
}

/** Undefined for somebody who may act now and for some time. */
function endText(member: PolicyMember, now: Date): string | undefined {
  const { from, until } = member;
  const when = standing(member, now);
  if (when === "early" && from !== undefined) return `begins on ${dayOf(from)}`;
  if (until === undefined || when === "within") return undefined;
  return `${when === "over" ? "ended" : "ends"} on ${dayOf(until)}`;
}

/** Something that a policy wants somebody for: any of these roles will do. */
interface Need {
  readonly what: string;
  readonly roles: readonly string[];
}

/** Whether everything that a policy wants somebody for has somebody who may act now. */
export function judgeRoles(policy: Policy, now: Date): Finding {
  const check = "policy roles";
  const acts = (role: string) =>
    (policy.roles.get(role) ?? []).some((member) => ["within", "soon"].includes(standing(member, now)));
  const stuck = needsOf(policy).filter(({ roles }) => !roles.some(acts));
  if (stuck.length === 0) return finding(check, "ok", "each gate and each transition has somebody who may act now");
  // A role that the policy gives to nobody may be one that is not needed yet.
  const named = stuck.filter(({ roles }) => roles.some((role) => (policy.roles.get(role) ?? []).length > 0));
  const lines = stuck.map(({ what, roles }) => `${what} (${roles.join(" or ")})`);
  return finding(
    check,
    named.length > 0 ? "failed" : "warning",
    `nobody may act now for ${lines.join(", ")}`,
    "Releases stop there: put a member who may act now into one of the roles.",
  );
}

function needsOf({ transitions, environments }: Policy): readonly Need[] {
  return [
    ...Object.entries(transitions).flatMap(([to, { roles, gates }]) => [
      { what: `promoting to ${to}`, roles },
      ...gates.map(({ name, signers }) => ({ what: `the gate ${name} of ${to}`, roles: signers })),
    ]),
    ...[...environments.values()].map(({ name, movers }) => ({ what: `deploying to ${name}`, roles: movers })),
  ].filter(({ roles }) => roles.length > 0);
}
