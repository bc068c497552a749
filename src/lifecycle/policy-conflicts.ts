import { predicateType } from "../evidence/index.ts";
import type { Conflict } from "./conflict.ts";
import { gateKinds, neverWaived } from "./gate-kinds.ts";
import type { WrittenGate } from "./gate-schema.ts";
import { findKeyConflicts } from "./key-conflicts.ts";
import { nearest } from "./nearest.ts";
import type { WrittenPolicy } from "./policy-schema.ts";
import { gateName, transitionsOf } from "./resolve-policy.ts";
import { findRoleConflicts } from "./role-conflicts.ts";
import { targets } from "./transition.ts";

/** All that a policy's schema cannot say: names that refer to nothing, and things that exclude each other. */
export function findPolicyConflicts(written: WrittenPolicy): readonly Conflict[] {
  return [
    ...findKeyConflicts(written),
    ...findRoleConflicts(written),
    ...predicateConflicts(written),
    ...gateConflicts(written),
    ...waiverConflicts(written),
    ...pointerConflicts(written),
  ];
}

function predicateConflicts({ predicates }: WrittenPolicy): Conflict[] {
  const judged = new Set<string>(Object.values(predicateType));
  // What these hold is for people; that there is one may be demanded.
  const { vulnerabilityScan, sbom, provenance } = predicateType;
  for (const type of [vulnerabilityScan, sbom, provenance]) judged.delete(type);
  return Object.entries(predicates ?? {})
    .filter(([, type]) => judged.has(type))
    .map(([name, type]) => ({
      path: ["predicates", name],
      text: `is ${type}, whose content has gates of its own; a statement gate would take it whatever it says`,
    }));
}

function gateConflicts({ transitions, predicates = {} }: WrittenPolicy): Conflict[] {
  return targets.flatMap((to) => {
    const seen = new Set<string>();
    return (transitions?.[to]?.gates ?? []).flatMap((gate, index) => {
      const path = ["transitions", to, "gates", index];
      const name = gateName(gate);
      const twice = seen.has(name);
      seen.add(name);
      return [
        ...(twice ? [{ path, text: `is the second gate "${name}" of this transition` }] : []),
        ...nameConflicts(gate, path),
        ...unknownPredicate(gate, path, predicates),
      ];
    });
  });
}

function nameConflicts(gate: WrittenGate, path: readonly PropertyKey[]): Conflict[] {
  const name = gateName(gate);
  if (name === gate.kind || !gateKinds.some((kind) => kind === name)) return [];
  return [{ path, text: `is named "${name}", as if it were that gate; give it another name` }];
}

function unknownPredicate(
  { kind, options }: WrittenGate,
  path: readonly PropertyKey[],
  predicates: Readonly<Record<string, string>>,
): Conflict[] {
  const { predicate } = options;
  if (predicate === undefined || Object.hasOwn(predicates, predicate)) return [];
  const known = Object.keys(predicates);
  return [
    {
      path: [...path, kind, "predicate"],
      text: `is "${predicate}", which is not below predicates; ${advice(predicate, known, "predicates")}`,
    },
  ];
}

function waiverConflicts(written: WrittenPolicy): Conflict[] {
  const transitions = transitionsOf(written);
  const ordinary = targets.filter((to) => to !== "revoked").flatMap((to) => transitions[to].gates);
  const names = ordinary.map((gate) => gate.name);
  return (written.waivers ?? []).flatMap(({ gate }, index): Conflict[] => {
    const path = ["waivers", index, "gate"];
    if (ordinary.some(({ kind, name }) => name === gate && neverWaived(kind))) {
      return [{ path, text: `is "${gate}", which nobody can waive: what is not signed is nobody's release` }];
    }
    if (names.includes(gate)) return [];
    if (transitions.revoked.gates.some(({ name }) => name === gate)) {
      return [{ path, text: `is "${gate}", a gate of revoked; those are never waived` }];
    }
    return [{ path, text: `is "${gate}", which no transition has; ${advice(gate, [...new Set(names)], "gates")}` }];
  });
}

function pointerConflicts({ environments }: WrittenPolicy): Conflict[] {
  return Object.entries(environments ?? {}).flatMap(([environment, { pointers = [] }]) => {
    const models = new Set<string>();
    const places = new Set<string>();
    return pointers.flatMap(({ name, variant, file, document, fields }, index) => {
      const path = ["environments", environment, "pointers", index];
      const model = `${name} ${variant}`;
      const place = JSON.stringify([file, document?.kind, document?.name, fields.digest]);
      const conflicts = [
        ...(models.has(model) ? [{ path, text: `is the second pointer of ${model} in this environment` }] : []),
        ...(places.has(place)
          ? [{ path, text: `writes the field ${fields.digest} of ${file}, as another pointer does` }]
          : []),
      ];
      models.add(model);
      places.add(place);
      return conflicts;
    });
  });
}

function advice(name: string, known: readonly string[], what: string): string {
  const suggestion = nearest(name, known);
  if (suggestion !== undefined) return `did you mean "${suggestion}"?`;
  return known.length === 0 ? `there are no ${what}` : `${what} are ${known.join(", ")}`;
}
