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
export function findKeyConflicts({ roles }: WrittenPolicy): readonly Conflict[] {
  const placed = Object.entries(roles).flatMap(([role, keys]) =>
    keys.map((key, index): PlacedKey => ({ role, key, path: ["roles", role, index] })),
  );
  return [...placed.flatMap(dateConflicts), ...nameConflicts(placed), ...roleConflicts(placed)];
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
    new Set(placed.filter((one) => one.role === role).map(({ key }) => keyBody(key.key)));
  const builders = bodies(opposedRoles.builder);
  return placed
    .filter(({ role, key }) => role === opposedRoles.evaluator && builders.has(keyBody(key.key)))
    .map(({ path }) => ({
      path,
      text: `is also a key of ${opposedRoles.builder}; who evaluates releases may not sign them`,
    }));
}
