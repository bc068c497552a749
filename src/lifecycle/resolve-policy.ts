import { defaultTransitions } from "./default-transitions.ts";
import { usualSigners } from "./gate-kinds.ts";
import type { WrittenGate } from "./gate-schema.ts";
import type { Environment, Gate, Transition } from "./policy.ts";
import type { WrittenPolicy } from "./policy-schema.ts";
import type { Target } from "./transition.ts";

/** The transitions of a policy, with those of the design for what it leaves out. */
export function transitionsOf(written: WrittenPolicy): Readonly<Record<Target, Transition>> {
  const resolve = (to: Target): Transition => {
    const { roles, gates } = { ...defaultTransitions[to], ...written.transitions?.[to] };
    return { roles, gates: gates.map((gate) => gateOf(gate, written.predicates ?? {})) };
  };
  return {
    staging: resolve("staging"),
    production: resolve("production"),
    retired: resolve("retired"),
    archived: resolve("archived"),
    revoked: resolve("revoked"),
  };
}

/** The name that a gate goes by in waivers and reports. */
export function gateName({ kind, options }: WrittenGate): string {
  return options.name ?? options.predicate ?? kind;
}

/** Roles whose evidence a gate accepts. */
function signersOf({ kind, options }: WrittenGate): readonly string[] {
  return options.signers ?? usualSigners[kind] ?? [];
}

function gateOf(gate: WrittenGate, predicates: Readonly<Record<string, string>>): Gate {
  const { kind, options } = gate;
  return {
    kind,
    name: gateName(gate),
    signers: signersOf(gate),
    maxAge: options.maxAge === undefined ? undefined : milliseconds(options.maxAge),
    against: options.against ?? (kind === "evaluation" ? "champion" : "thresholds"),
    predicateType: options.predicate === undefined ? undefined : predicates[options.predicate],
  };
}

/** The environments of a policy. @param movers roles that may move pointers where the environment does not say */
export function environmentsOf(
  { environments, ledger }: WrittenPolicy,
  movers: readonly string[],
): ReadonlyMap<string, Environment> {
  return new Map(
    Object.entries(environments ?? {}).map(([name, written]) => {
      const repository = written.repository ?? ledger?.repository;
      const ledgerBranch =
        ledger !== undefined && repository === ledger.repository ? (ledger.branch ?? "main") : undefined;
      const pointers = (written.pointers ?? []).map(({ document, ...pointer }) => ({ ...pointer, document }));
      return [
        name,
        {
          name,
          states: written.states ?? ["production"],
          movers: written.movers ?? movers,
          repository,
          branch: written.branch ?? ledgerBranch,
          pointers,
        },
      ];
    }),
  );
}

const unit: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `90s`, `30m`, `12h`, `30d` in milliseconds. */
export function milliseconds(duration: string): number {
  return Number(duration.slice(0, -1)) * (unit[duration.slice(-1)] ?? Number.NaN);
}
