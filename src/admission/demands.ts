import { type State, stageLevel, states } from "../evidence/index.ts";
import { keyTimeProblem, type Policy, type PolicyMember, releaseSigners } from "../lifecycle/index.ts";
import { type IdentityParty, type KeyParty, type Party, plainPem } from "./party.ts";

/** Evidence that must be there, signed by anyone of these. */
export interface Demand {
  readonly roles: readonly string[];
  readonly keys: readonly KeyParty[];
  readonly identities: readonly IdentityParty[];
  /** Who has one of the roles and does not count, each as a clause that begins with its name. */
  readonly leftOut: readonly string[];
  /** Who stops counting by itself: name and time. */
  readonly ending: readonly { readonly name: string; readonly until: Date }[];
}

/** The verification summary of a stage. */
export interface SummaryDemand extends Demand {
  readonly state: State;
  /** Any of them will do: that of the state, and of later ones that the environment permits. */
  readonly levels: readonly string[];
  /** Keys among these that vouch for an earlier stage as well. */
  readonly shared: readonly { readonly name: string; readonly state: State }[];
}

/** What the policy of an environment asks of a release, as far as a signature can say it. */
export interface Demands {
  readonly environment: string;
  readonly states: readonly State[];
  readonly signature: Demand;
  /** Undefined where a release needs no promotion. */
  readonly summary: SummaryDemand | undefined;
}

/**
 * What must be signed by whom for a release to run in an environment (DESIGN 5.5).
 *
 * Of several states that the environment permits, the summary of the earliest is asked for: every release in a later
 * one has it too, because states are reached in order and nothing that is attached is taken away.
 */
export function demandsOf(
  policy: Policy,
  environment: { readonly name: string; readonly states: readonly State[] },
  now: Date,
): Demands {
  const { name, states: permitted } = environment;
  const earliest = states.find((state) => permitted.includes(state));
  const evaluators = new Set(
    partiesOf(policy, ["evaluator"]).flatMap((party) => ("key" in party ? [plainPem(party.key)] : [])),
  );
  return {
    environment: name,
    states: permitted,
    signature: demandBy(policy, releaseSigners(policy), now, (party) =>
      "key" in party && evaluators.has(plainPem(party.key)) ? "is an evaluator, who cannot sign releases" : undefined,
    ),
    summary:
      earliest === undefined || earliest === "experimental"
        ? undefined
        : summaryDemand(policy, earliest, permitted, now),
  };
}

function summaryDemand(
  policy: Policy,
  state: Exclude<State, "experimental">,
  permitted: readonly State[],
  now: Date,
): SummaryDemand {
  const demand = demandBy(policy, policy.transitions[state].roles, now, () => undefined);
  const earlier = states.slice(0, states.indexOf(state));
  const shared = earlier.flatMap((other) => {
    if (other === "experimental") return [];
    const others = new Set(partiesOf(policy, policy.transitions[other].roles).map(identityOf));
    return demand.keys.filter((key) => others.has(identityOf(key))).map(({ name }) => ({ name, state: other }));
  });
  return { ...demand, state, levels: states.filter((one) => permitted.includes(one)).map(stageLevel), shared };
}

function demandBy(
  policy: Policy,
  roles: readonly string[],
  now: Date,
  objection: (party: Party) => string | undefined,
): Demand {
  const parties = partiesOf(policy, roles);
  const problem = (party: Party) => objection(party) ?? keyTimeProblem(party, now);
  const inForce = parties.filter((party) => problem(party) === undefined);
  return {
    roles,
    keys: inForce.filter((party) => "key" in party),
    identities: inForce.filter((party) => "identity" in party),
    leftOut: parties.flatMap((party) => (problem(party) === undefined ? [] : [`"${party.name}" ${problem(party)}`])),
    ending: inForce.flatMap(({ name, until }) => (until === undefined ? [] : [{ name, until }])),
  };
}

/** The members of some roles, each once. */
function partiesOf({ roles }: Policy, names: readonly string[]): readonly Party[] {
  const members = names.flatMap((role) => roles.get(role) ?? []);
  const parties = members.map(partyOf);
  return [
    ...new Map(parties.map((party) => [JSON.stringify([identityOf(party), party.from, party.until]), party])).values(),
  ];
}

function partyOf(member: PolicyMember): Party {
  const { name, from, until } = member;
  if (member.kind === "key") return { name, key: member.pem, from, until };
  const { issuer, subject, claims } = member.identity;
  return { name, identity: { issuer, subject, ...claims }, from, until };
}

function identityOf(party: Party): string {
  return "key" in party ? plainPem(party.key) : JSON.stringify(party.identity);
}
