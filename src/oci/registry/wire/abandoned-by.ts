/** Something that ends when it is told to. */
export interface Abandonable {
  abandon(reason: unknown): void;
}

const bySignal = new WeakMap<AbortSignal, Set<Abandonable>>();

/** What a signal ends as long as it is in this set. One listener for all: one for each costs more than a request does. */
export function abandonedBy(signal: AbortSignal): Set<Abandonable> {
  const known = bySignal.get(signal);
  if (known !== undefined) return known;
  const all = new Set<Abandonable>();
  bySignal.set(signal, all);
  signal.addEventListener("abort", () => {
    for (const each of [...all]) each.abandon(signal.reason);
  });
  return all;
}
