import fc from "fast-check";
import { type State, states } from "../../src/evidence/index.ts";
import {
  championFor,
  type Fact,
  lifeOf,
  nextOnTheRoad,
  type Person,
  people,
  promoters,
  type ReleaseLife,
  type StatedFact,
  type Wish,
} from "./lifecycle-rules.ts";

export const hour = 3_600_000;

/** What is drawn; `undefined` for a person, a state or a release stands for what fits there and then. */
export type Action =
  | { readonly kind: "wait"; readonly hours: number }
  | { readonly kind: "state"; readonly release: number; readonly by: Person | undefined; readonly fact: DrawnFact }
  /** States all that the next promotion needs, but for one thing. */
  | { readonly kind: "prepare"; readonly release: number; readonly without: number }
  | {
      readonly kind: "promote";
      readonly release: number;
      /** What is left out of what it needs, which is stated just before; undefined when nothing is stated. */
      readonly without: number | undefined;
      readonly to: State | undefined;
      readonly by: Person | undefined;
      /** Where it differs from what fits; undefined when nothing is promised. */
      readonly retirement: { replacement?: number; hours?: number; migration?: string } | undefined;
      readonly reason: string | undefined;
      readonly advisory: string | undefined;
      readonly used: boolean | undefined;
      /** Writes at which one attempt after the other is cut off. */
      readonly crashes: readonly number[];
      /** Whether it is tried again in the end. */
      readonly again: boolean;
    };

type DrawnFact =
  | { readonly kind: "signature" | "runbook" }
  | {
      readonly kind: "evaluation" | "shadow";
      readonly passed: boolean;
      readonly against: number | "champion" | "nothing";
      /** Whether it replaces the last of its kind that failed. */
      readonly again: boolean;
    }
  | { readonly kind: "waiver"; readonly gate: string; readonly to: State; readonly hours: number | undefined }
  | { readonly kind: "rollback-plan"; readonly back: number | "champion" | "nothing" }
  | { readonly kind: "approval"; readonly to: State };

/** Who usually states a kind of fact. */
const staters: Readonly<Record<Fact["kind"], Person>> = {
  signature: "builder",
  evaluation: "evaluator",
  shadow: "evaluator",
  waiver: "platform-lead",
  "rollback-plan": "mlops-engineer",
  runbook: "mlops-engineer",
  approval: "platform-lead",
};

/** Any action on some releases. @param count how many there are; the last one is chosen least */
export function anyAction(count: number): fc.Arbitrary<Action> {
  const release = fc.oneof({ weight: 9, arbitrary: fc.nat(count - 2) }, { weight: 1, arbitrary: fc.nat(count - 1) });
  const person = mostly<Person>(4, fc.constantFrom(...people));
  const state = fc.constantFrom(...states);
  const other = fc.oneof(
    { weight: 4, arbitrary: fc.constant("champion" as const) },
    { weight: 1, arbitrary: fc.constant("nothing" as const) },
    { weight: 2, arbitrary: fc.nat(count - 1) },
  );
  const fact = fc.oneof<fc.Arbitrary<DrawnFact>[]>(
    fc.record({ kind: fc.constantFrom("signature" as const, "runbook" as const) }),
    fc.record({
      kind: fc.constantFrom("evaluation" as const, "shadow" as const),
      passed: fc.boolean(),
      against: other,
      again: fc.boolean(),
    }),
    fc.record({
      kind: fc.constant("waiver" as const),
      gate: fc.constantFrom("scan", "scan", "evaluation"),
      to: fc.constantFrom<State>("staging", "staging", "production"),
      hours: fc.constantFrom(undefined, 1, 24 * 365),
    }),
    fc.record({ kind: fc.constant("rollback-plan" as const), back: other }),
    fc.record({ kind: fc.constant("approval" as const), to: fc.constantFrom<State>("retired", "retired", "archived") }),
  );
  const said = fc.constantFrom("It has to be", "It has to be", "It has to be", " ", undefined);
  const promote = fc.record({
    kind: fc.constant("promote" as const),
    release,
    without: fc.oneof(fc.constant(undefined), fc.nat(5)),
    to: mostly(4, state),
    by: person,
    retirement: fc.oneof(
      { weight: 6, arbitrary: fc.constant({}) },
      { weight: 1, arbitrary: fc.constantFrom(undefined, { hours: -1 }, { migration: " " }) },
      { weight: 1, arbitrary: fc.record({ replacement: fc.nat(count - 1) }) },
    ),
    reason: said,
    advisory: said,
    used: fc.constantFrom(false, false, false, true, undefined),
    crashes: fc.oneof(
      { weight: 3, arbitrary: fc.constant([]) },
      { weight: 2, arbitrary: fc.array(fc.integer({ min: 1, max: 10 }), { minLength: 1, maxLength: 2, size: "max" }) },
    ),
    again: fc.boolean(),
  });
  return fc.oneof<fc.WeightedArbitrary<Action>[]>(
    { weight: 2, arbitrary: fc.record({ kind: fc.constant("wait" as const), hours: fc.constantFrom(2, 24) }) },
    { weight: 4, arbitrary: fc.record({ kind: fc.constant("state" as const), release, by: person, fact }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("prepare" as const), release, without: fc.nat(9) }) },
    { weight: 8, arbitrary: promote },
  );
}

/** `undefined` so many times, and once something else. */
function mostly<T>(times: number, arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  return fc.oneof({ weight: times, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });
}

/** What an action states, in order, with who states it. @param now in milliseconds */
export function factsOf(
  action: Extract<Action, { readonly kind: "state" | "prepare" }>,
  releases: readonly ReleaseLife[],
  { now, waivableUntil }: { readonly now: number; readonly waivableUntil: number },
): readonly Omit<StatedFact, "id">[] {
  const { release } = action;
  const choose = (other: number | "champion" | "nothing") =>
    other === "champion" ? championFor(releases, release) : other === "nothing" ? undefined : other;
  const real = (drawn: DrawnFact): Fact => {
    if (drawn.kind === "rollback-plan") return { kind: drawn.kind, back: choose(drawn.back) };
    if (drawn.kind === "waiver") {
      const { hours, ...waiver } = drawn;
      return { ...waiver, until: hours === undefined ? waivableUntil : now + hours * hour };
    }
    if (!("against" in drawn)) return drawn;
    const { kind, passed, against, again } = drawn;
    const supersedes = again ? lastFailure(lifeOf(releases, release), kind) : undefined;
    return { kind, passed, baseline: choose(against), supersedes };
  };
  if (action.kind === "state") {
    return [{ by: action.by ?? staters[action.fact.kind], fact: real(action.fact) }];
  }
  const needed = neededFor[nextOnTheRoad(lifeOf(releases, release).state) ?? "revoked"];
  return needed
    .filter((_, place) => place !== action.without)
    .map((drawn) => ({ by: staters[drawn.kind], fact: real(drawn) }));
}

const neededFor: Readonly<Record<State, readonly DrawnFact[]>> = {
  experimental: [],
  staging: [
    { kind: "evaluation", passed: true, against: "champion", again: true },
    { kind: "waiver", gate: "scan", to: "staging", hours: undefined },
    { kind: "signature" },
  ],
  production: [
    { kind: "shadow", passed: true, against: "champion", again: true },
    { kind: "rollback-plan", back: "champion" },
    { kind: "runbook" },
  ],
  retired: [{ kind: "approval", to: "retired" }],
  archived: [],
  revoked: [],
};

function lastFailure({ facts }: ReleaseLife, kind: Fact["kind"]): number | undefined {
  return facts.findLast(({ fact }) => fact.kind === kind && "passed" in fact && !fact.passed)?.id;
}

/** What a drawn promotion asks for. @param now in milliseconds */
export function wishOf(
  action: Extract<Action, { readonly kind: "promote" }>,
  releases: readonly ReleaseLife[],
  now: number,
): Wish {
  const { release, retirement: drawn, reason, advisory, used } = action;
  const to = action.to ?? nextOnTheRoad(lifeOf(releases, release).state) ?? "revoked";
  const by = action.by ?? promoters[to][now % promoters[to].length] ?? "mlops-engineer";
  const {
    replacement = championFor(releases, release) ?? release,
    hours = 12,
    migration = "See the wiki",
  } = drawn ?? {};
  const retirement = drawn && { replacement, sunset: now + hours * hour, migration };
  return { release, to, by, now, retirement, reason, advisory, used };
}
