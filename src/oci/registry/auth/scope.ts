/** What a request is about to do, and where. */
export interface Scope {
  readonly repository: string;
  readonly actions: readonly ("pull" | "push" | "delete")[];
  /** Repository to mount from, which adds `pull` on it. */
  readonly from?: string;
}

const order = ["pull", "push", "delete"] as const;

/**
 * The scope as token servers read it, `repository:<name>:<actions>` (distribution, "Token Scope Documentation").
 * Equal scopes give equal texts.
 */
export function scopeTexts({ repository, actions, from }: Scope): readonly string[] {
  return mergeScopes([
    `repository:${repository}:${order.filter((action) => actions.includes(action)).join(",")}`,
    ...(from === undefined ? [] : [`repository:${from}:pull`]),
  ]);
}

/** Joins the actions of scopes on the same resource. @param texts `<type>:<name>:<actions>`; others stay as they are */
export function mergeScopes(texts: readonly string[]): readonly string[] {
  const actions = new Map<string, Set<string>>();
  for (const text of texts) {
    const { resource, wanted } = split(text);
    actions.set(resource, new Set([...(actions.get(resource) ?? []), ...wanted]));
  }
  return [...actions].map(([resource, wanted]) => (wanted.size === 0 ? resource : `${resource}:${[...wanted]}`));
}

/** True when everything that `text` names is in one of `scopes`. */
export function coversScope(scopes: readonly string[], text: string): boolean {
  const { resource, wanted } = split(text);
  return scopes.some((scope) => {
    const held = split(scope);
    return held.resource === resource && wanted.every((action) => held.wanted.includes(action));
  });
}

// A repository's name may hold a host with a port; actions never have a colon.
function split(text: string): { readonly resource: string; readonly wanted: readonly string[] } {
  const colon = text.lastIndexOf(":");
  if (colon <= text.indexOf(":")) return { resource: text, wanted: [] };
  return { resource: text.slice(0, colon), wanted: text.slice(colon + 1).split(",") };
}
