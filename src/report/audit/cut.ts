/** The first `limit` entries, in their order; where there are more, those that matter are kept before the others. */
export function cut<T>(
  list: readonly T[],
  limit: number,
  matters: (entry: T) => boolean = () => false,
): { readonly kept: readonly T[]; readonly omitted: number } {
  if (list.length <= limit) return { kept: list, omitted: 0 };
  const places = [...list.keys()];
  const matter = new Set(places.filter((_, at) => list.slice(at, at + 1).some(matters)));
  const chosen = new Set([...matter, ...places.filter((at) => !matter.has(at))].slice(0, limit));
  return { kept: list.filter((_, at) => chosen.has(at)), omitted: list.length - limit };
}
