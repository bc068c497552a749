import { type Digest, hexOf } from "./digest.ts";

const prefix = { signature: "sig-", attestation: "att-" } as const;

/**
 * The own tag of a layer in cosign's older storage: `<release>_att-<16 digits>`. Unlike evidence tags (DESIGN 5.3) it
 * names no run, and so has no dot after the release.
 */
export function layerTag(release: string, kind: keyof typeof prefix, of: Digest): string {
  return `${layerFamily(release, kind)}${hexOf(of).slice(0, 16)}`;
}

/** What the own tags of all layers of one kind start with. */
export function layerFamily(release: string, kind: keyof typeof prefix): string {
  return `${release}_${prefix[kind]}`;
}

/** Whether a tag is a layer's own. What it points at has no subject, so it refers to nothing. */
export function isLayerTag(tag: string): boolean {
  return /^[^_]+_(?:sig|att)-[0-9a-f]{16}$/.test(tag);
}
