import type { Call } from "./call.ts";
import { Problem } from "./problem.ts";

export interface Page<Item> {
  readonly items: readonly Item[];
  /** A Link header where more follow (RFC 8288). */
  readonly headers: Readonly<Record<string, string>>;
}

/** What follows `last` of sorted items, `n` at most: distribution-spec 1.1, "Content Discovery". */
export function pageOf<Item>(
  call: Call,
  all: readonly Item[],
  keyOf: (item: Item) => string,
  most: number,
): Page<Item> {
  const { pathname, query } = call;
  const asked = query.get("n");
  if (asked !== null && !/^\d+$/.test(asked)) throw new Problem(400, "UNSUPPORTED", `n=${asked}`);
  const n = Math.min(asked === null ? most : Number(asked), most);
  const last = query.get("last") ?? "";
  const rest = all.filter((item) => last === "" || keyOf(item) > last);
  const items = rest.slice(0, n);
  const final = items.at(-1);
  if (final === undefined || items.length === rest.length) return { items, headers: {} };
  const next = new URLSearchParams(query);
  next.set("n", String(n));
  next.set("last", keyOf(final));
  return { items, headers: { link: `<${pathname}?${next}>; rel="next"` } };
}
