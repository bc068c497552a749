import type { State } from "../../src/evidence/index.ts";

/**
 * Somebody who acts, named after the one role that their key has; a stranger's key has none. Who signs most comes
 * first, since keys are tried in this order.
 */
export const people = [
  "evaluator",
  "platform-lead",
  "mlops-engineer",
  "builder",
  "model-owner",
  "security",
  "stranger",
] as const;
export type Person = (typeof people)[number];

/** What somebody may state about a release. Releases are named by their place in the model. */
export type Fact =
  | { readonly kind: "signature" | "runbook" }
  | {
      readonly kind: "evaluation" | "shadow";
      readonly passed: boolean;
      /** Release that it was compared with; without one it was compared with absolute thresholds. */
      readonly baseline: number | undefined;
      /** Fact that it replaces. */
      readonly supersedes: number | undefined;
    }
  | { readonly kind: "waiver"; readonly gate: string; readonly to: State; readonly until: number }
  | { readonly kind: "rollback-plan"; readonly back: number | undefined }
  | { readonly kind: "approval"; readonly to: State };

export interface StatedFact {
  readonly id: number;
  readonly by: Person;
  readonly fact: Fact;
}

export interface ReleaseLife {
  /** Whether it names its owner, its lineage and its model card. */
  readonly complete: boolean;
  state: State;
  /** States it came to, each by one link. */
  history: readonly State[];
  /** When it came to production, in milliseconds. */
  inProductionSince: number;
  /** What its retirement promised, in milliseconds. */
  sunset: number | undefined;
  /** In the order in which they were stated. */
  facts: readonly StatedFact[];
}

/** What somebody asks for. */
export interface Wish {
  readonly release: number;
  readonly to: State;
  readonly by: Person;
  readonly now: number;
  readonly retirement:
    | { readonly replacement: number; readonly sunset: number; readonly migration: string }
    | undefined;
  readonly reason: string | undefined;
  readonly advisory: string | undefined;
  /** Whether a pointer names it; undefined when the pointers could not be read. */
  readonly used: boolean | undefined;
}

export interface Answer {
  readonly says: "promoted" | "present" | "TRANSITION_NOT_ALLOWED" | "ROLE_REQUIRED" | "GATE_UNMET";
  /** Gates that are not met, whatever else is wrong, in alphabetical order. */
  readonly lacks: readonly string[];
}

/** Who may promote to a state. */
export const promoters: Readonly<Record<State, readonly Person[]>> = {
  experimental: [],
  staging: ["mlops-engineer"],
  production: ["platform-lead"],
  retired: ["model-owner"],
  archived: ["mlops-engineer", "platform-lead"],
  revoked: ["security"],
};

const road: readonly State[] = ["experimental", "staging", "production", "retired", "archived"];

/** The state after another; undefined after the last, and for what was revoked. */
export function nextOnTheRoad(state: State): State | undefined {
  const place = road.indexOf(state);
  return place < 0 ? undefined : road[place + 1];
}

/**
 * The table of DESIGN 5.5 once more, in plain words and for this one policy, so that it can be compared with the code
 * that is used.
 *
 * @param waivableUntil last moment that the policy lets a waiver of the scan hold, in milliseconds
 */
export function allowed(releases: readonly ReleaseLife[], wish: Wish, waivableUntil: number): Answer {
  const { state } = lifeOf(releases, wish.release);
  if (state === wish.to) return { says: state === "experimental" ? "TRANSITION_NOT_ALLOWED" : "present", lacks: [] };
  const lacks = [...lackingFor(releases, wish, waivableUntil)].toSorted();
  const forward = wish.to === nextOnTheRoad(state);
  const revocation = wish.to === "revoked" && state !== "revoked";
  if (!forward && !revocation) return { says: "TRANSITION_NOT_ALLOWED", lacks };
  if (!promoters[wish.to].includes(wish.by)) return { says: "ROLE_REQUIRED", lacks };
  return { says: lacks.length > 0 ? "GATE_UNMET" : "promoted", lacks };
}

/** The release that came to production last, of those that are still there and are not the one in question. */
export function championFor(releases: readonly ReleaseLife[], release: number): number | undefined {
  let champion: number | undefined;
  let since = Number.NEGATIVE_INFINITY;
  releases.forEach((other, place) => {
    if (place === release || other.state !== "production" || other.inProductionSince <= since) return;
    champion = place;
    since = other.inProductionSince;
  });
  return champion;
}

function* lackingFor(releases: readonly ReleaseLife[], wish: Wish, waivableUntil: number): Generator<string> {
  const own = lifeOf(releases, wish.release);
  const champion = championFor(releases, wish.release);
  const stated = (kind: Fact["kind"], ...by: readonly Person[]) =>
    own.facts.filter((one) => one.fact.kind === kind && by.includes(one.by));
  if (wish.to === "staging") {
    if (!own.complete) yield* ["owner", "lineage", "model-card"];
    if (stated("signature", "builder").length === 0) yield "signature";
    const waived = stated("waiver", "platform-lead").some(
      ({ fact }) =>
        fact.kind === "waiver" &&
        fact.gate === "scan" &&
        fact.to === "staging" &&
        wish.now < fact.until &&
        fact.until <= waivableUntil,
    );
    if (!waived) yield "scan";
    if (!passed(stated("evaluation", "evaluator"), (baseline) => baseline === champion)) yield "evaluation";
  }
  if (wish.to === "production") {
    if (!passed(stated("shadow", "evaluator"), () => true)) yield "shadow";
    const plan = stated("rollback-plan", "mlops-engineer", "platform-lead").at(-1)?.fact;
    if (plan?.kind !== "rollback-plan" || !leadsBack(plan.back, releases, wish.release)) yield "rollback-plan";
    if (stated("runbook", "mlops-engineer", "platform-lead").length === 0) yield "runbook";
  }
  if (wish.to === "retired") {
    const { replacement, sunset = 0, migration = "" } = wish.retirement ?? {};
    const other = replacement === wish.release || replacement === undefined ? undefined : releases[replacement];
    if (other?.state !== "production") yield "replacement";
    if (sunset <= wish.now) yield "sunset";
    if (migration.trim() === "") yield "migration-path";
    const agreed = stated("approval", "platform-lead").filter(({ by }) => by !== wish.by);
    if (!agreed.some(({ fact }) => fact.kind === "approval" && fact.to === "retired")) yield "approval";
  }
  if (wish.to === "archived") {
    if (own.sunset === undefined || wish.now < own.sunset) yield "sunset-over";
    if (wish.used !== false) yield "no-consumers";
  }
  if (wish.to === "revoked") {
    if ((wish.reason ?? "").trim() === "") yield "reason";
    if ((wish.advisory ?? "").trim() === "") yield "advisory";
  }
}

/** No failure stands, and a success with the right baseline does. What was replaced neither stands nor replaces. */
function passed(results: readonly StatedFact[], compared: (baseline: number | undefined) => boolean): boolean {
  const replaced = new Set<number>();
  let good = false;
  for (const { id, fact } of results.toReversed()) {
    if (replaced.has(id) || (fact.kind !== "evaluation" && fact.kind !== "shadow")) continue;
    if (fact.supersedes !== undefined) replaced.add(fact.supersedes);
    if (!fact.passed) return false;
    good ||= compared(fact.baseline);
  }
  return good;
}

/** There is nothing to go back to and the plan says so, or it names another release that was good enough once. */
function leadsBack(back: number | undefined, releases: readonly ReleaseLife[], release: number): boolean {
  if (back === undefined) return championFor(releases, release) === undefined;
  const state = releases[back]?.state;
  return back !== release && (state === "production" || state === "retired");
}

export function lifeOf(releases: readonly ReleaseLife[], release: number): ReleaseLife {
  const found = releases[release];
  if (found === undefined) throw new Error(`there is no release ${release}`);
  return found;
}
