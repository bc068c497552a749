import type { Conflict } from "./conflict.ts";
import { opposedRoles } from "./gate-kinds.ts";
import { keyBody } from "./policy-key.ts";
import type { WrittenPolicy } from "./policy-schema.ts";

interface PlacedKey {
  readonly role: string;
  readonly key: WrittenPolicy["roles"][string][number];
  readonly path: readonly PropertyKey[];
}

/** Keys that cannot be told apart, that can never be used, or that have two roles which exclude each other. */
export function findKeyConflicts({ roles, trustedRoot, times }: WrittenPolicy): readonly Conflict[] {
  const placed = Object.entries(roles).flatMap(([role, keys]) =>
    keys.map((key, index): PlacedKey => ({ role, key, path: ["roles", role, index] })),
  );
  return [
    ...placed.flatMap((one) => kindConflicts(one, trustedRoot)),
    ...placed.flatMap(dateConflicts),
    ...nameConflicts(placed),
    ...roleConflicts(placed),
    ...timeConflicts(times, trustedRoot),
  ];
}

/** JSON Schema cannot say so in a sentence. */
function kindConflicts({ key: { key, identity }, path }: PlacedKey, root: unknown): Conflict[] {
  if (key !== undefined && identity !== undefined)
    return [{ path, text: "has a key and an identity; give it one of them" }];
  if (key === undefined && identity === undefined) return [{ path, text: "has neither a key nor an identity" }];
  if (identity === undefined || root !== undefined) return [];
  return [
    { path: [...path, "identity"], text: "needs a trustedRoot in the policy, which says whose certificates count" },
  ];
}

/** Without authorities nothing is proven, and every promotion would be refused. */
function timeConflicts(times: WrittenPolicy["times"], root: unknown): Conflict[] {
  if (times !== "proven" || root !== undefined) return [];
  return [
    { path: ["times"], text: "is proven, and there is no trustedRoot in the policy, which says who proves times" },
  ];
}

function dateConflicts({ key: { from, until }, path }: PlacedKey): Conflict[] {
  if (from === undefined || until === undefined || Date.parse(from) < Date.parse(until)) return [];
  return [{ path: [...path, "until"], text: `is ${until}, not after from, ${from}: the key could never be used` }];
}

function nameConflicts(placed: readonly PlacedKey[]): Conflict[] {
  const seen = new Set<string>();
  return placed.flatMap(({ role, key, path }) => {
    const id = `${role} ${key.name}`;
    const twice = seen.has(id);
    seen.add(id);
    return twice ? [{ path: [...path, "name"], text: `is "${key.name}", as another key of ${role} is named` }] : [];
  });
}

/** Compares texts; who reads the keys finds one that is encoded in two ways. */
function roleConflicts(placed: readonly PlacedKey[]): Conflict[] {
  const bodies = (role: string) =>
    new Set(placed.flatMap((one) => (one.role === role && one.key.key !== undefined ? [keyBody(one.key.key)] : [])));
  const builders = bodies(opposedRoles.builder);
  return placed
    .filter(
      ({ role, key }) => role === opposedRoles.evaluator && key.key !== undefined && builders.has(keyBody(key.key)),
    )
    .map(({ path }) => ({
      path,
      text: `is also a key of ${opposedRoles.builder}; who evaluates releases may not sign them`,
    }));
}
