import { ContentPool } from "../../src/content/index.ts";
import { type Host, reachOf } from "../../src/contract/index.ts";
import { type Finding, formatReference, probeStore, type Reference, type StoreLoad } from "../../src/oci/index.ts";
import type { Given } from "./inputs.ts";

/** What was found about a store. */
export interface StoreProbed {
  /** Its name, without a tag and a digest. */
  readonly label: string;
  readonly registry: string | undefined;
  readonly findings: readonly Finding[];
  readonly requests: number;
}

/**
 * Looks at a store.
 * @param load what is to be put there
 * @throws the signal's reason
 */
export async function probeGivenStore(
  store: Reference,
  given: Given,
  load: StoreLoad | undefined,
  host: Host,
): Promise<StoreProbed> {
  // Probes are about the whole store, whatever the reference picks in it.
  const reference = { ...store, tag: undefined, digest: undefined };
  await using pool = new ContentPool({ signal: host.signal });
  const found = await probeStore(reference, {
    pool,
    signal: host.signal,
    reach: reachOf(given, host),
    now: () => host.now(),
    readOnly: given["read-only"],
    load,
  });
  return { label: formatReference(reference), ...found };
}
