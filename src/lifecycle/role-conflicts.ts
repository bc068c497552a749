import type { Conflict } from "./conflict.ts";
import { opposedRoles } from "./gate-kinds.ts";
import { nearest } from "./nearest.ts";
import type { WrittenPolicy } from "./policy-schema.ts";
import { transitionsOf } from "./resolve-policy.ts";
import { targets } from "./transition.ts";

interface RoleList {
  readonly path: readonly PropertyKey[];
  readonly roles: readonly string[];
}

/** Roles that are named and do not exist, that have no key, or that may not do both of two things. */
export function findRoleConflicts(written: WrittenPolicy): readonly Conflict[] {
  const lists = writtenLists(written);
  return [...unknownRoles(lists, written), ...emptyRoles(lists, written), ...opposedSigners(written)];
}

/** Every list of roles that stands in the file. */
function writtenLists({ transitions, waivers, environments }: WrittenPolicy): readonly RoleList[] {
  return [
    ...targets.flatMap((to) => {
      const { roles, gates = [] } = transitions?.[to] ?? {};
      return [
        ...(roles === undefined ? [] : [{ path: ["transitions", to, "roles"], roles }]),
        ...gates.flatMap(({ kind, options: { signers } }, index) =>
          signers === undefined ? [] : [{ path: ["transitions", to, "gates", index, kind, "signers"], roles: signers }],
        ),
      ];
    }),
    ...(waivers ?? []).map(({ signers }, index) => ({ path: ["waivers", index, "signers"], roles: signers })),
    ...Object.entries(environments ?? {}).flatMap(([name, { movers }]) =>
      movers === undefined ? [] : [{ path: ["environments", name, "movers"], roles: movers }],
    ),
  ];
}

function unknownRoles(lists: readonly RoleList[], { roles }: WrittenPolicy): Conflict[] {
  const known = Object.keys(roles);
  return lists.flatMap(({ path, roles: named }) =>
    named.flatMap((role, index) => {
      if (known.includes(role)) return [];
      const suggestion = nearest(role, known);
      const advice =
        suggestion === undefined ? `roles are ${known.join(", ") || "none"}` : `did you mean "${suggestion}"?`;
      return [{ path: [...path, index], text: `is "${role}", which is not below roles; ${advice}` }];
    }),
  );
}

/** A role without keys is an oversight when something waits for it, also when only the built-in table does. */
function emptyRoles(lists: readonly RoleList[], written: WrittenPolicy): Conflict[] {
  const transitions = transitionsOf(written);
  const inForce = targets.flatMap((to) => [
    transitions[to].roles,
    ...transitions[to].gates.map(({ signers }) => signers),
  ]);
  const hasKeys = (role: string) => (Object.hasOwn(written.roles, role) ? written.roles[role] : [])?.length !== 0;
  // Of the roles that the table offers, one is enough.
  const needed = new Set([
    ...lists.flatMap(({ roles }) => roles),
    ...inForce.filter((roles) => !roles.some(hasKeys)).flat(),
  ]);
  return Object.entries(written.roles)
    .filter(([role, keys]) => keys.length === 0 && needed.has(role))
    .map(([role]) => ({ path: ["roles", role], text: "has no key, and the policy needs somebody in this role" }));
}

function opposedSigners({ transitions }: WrittenPolicy): Conflict[] {
  const { builder, evaluator } = opposedRoles;
  return targets.flatMap((to) =>
    (transitions?.[to]?.gates ?? []).flatMap(({ kind, options: { signers = [] } }, index) => {
      const opposed = kind === "signature" ? evaluator : kind === "evaluation" ? builder : undefined;
      const place = opposed === undefined ? -1 : signers.indexOf(opposed);
      if (place < 0) return [];
      const text =
        kind === "signature"
          ? `is "${evaluator}"; who evaluates releases may not sign them`
          : `is "${builder}"; who signs releases may not evaluate them`;
      return [{ path: ["transitions", to, "gates", index, kind, "signers", place], text }];
    }),
  );
}
