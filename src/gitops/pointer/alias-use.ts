import { type Alias, isAlias, isMap, isPair, isScalar, isSeq, type Node } from "yaml";

/** The aliases of a document. */
export interface AliasUse {
  /** The nodes that an alias somewhere repeats. */
  readonly repeated: ReadonlySet<Node>;
  /** The first alias that has no anchor above it, if there is one. */
  readonly dangling: Alias | undefined;
}

/** Resolves the aliases of a document, each to the last anchor of its name above it. */
export function aliasUse(root: unknown): AliasUse {
  const anchors = new Map<string, Node>();
  const repeated = new Set<Node>();
  let dangling: Alias | undefined;
  const visit = (node: unknown): void => {
    if (isPair(node)) {
      visit(node.key);
      visit(node.value);
    } else if (isAlias(node)) {
      const target = anchors.get(node.source);
      if (target === undefined) dangling ??= node;
      else repeated.add(target);
    } else if (isMap(node) || isSeq(node) || isScalar(node)) {
      if (node.anchor !== undefined) anchors.set(node.anchor, node);
      if (!isScalar(node)) for (const item of node.items) visit(item);
    }
  };
  visit(root);
  return { repeated, dangling };
}
