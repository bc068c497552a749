import type { ContentPool } from "../content/index.ts";
import type { Finding } from "./finding.ts";
import type { Reach } from "./reach.ts";
import type { Reference } from "./reference.ts";

export interface ProbeOptions {
  readonly pool: ContentPool;
  readonly signal: AbortSignal;
  readonly reach?: Reach | undefined;
  readonly now: () => Date;
  /** Leaves out what writes. */
  readonly readOnly: boolean;
  /** What is to be put there, to compare with what the store takes; undefined when nobody said. */
  readonly load: StoreLoad | undefined;
}

/** What is to be put into a store. */
export interface StoreLoad {
  /** Bytes of all files. */
  readonly size: number;
  /** The largest file; size in bytes. */
  readonly largest: { readonly path: string; readonly size: number };
}

/** What was found about a store. */
export interface StoreFindings {
  /** The registry's make; undefined for a layout directory, and when it is not known. */
  readonly registry: string | undefined;
  readonly findings: readonly Finding[];
  /** Requests that were sent to the registry and its token server. */
  readonly requests: number;
}

/**
 * Looks what a store can do and what not. What is written for that is removed again.
 * @throws the signal's reason
 */
export async function probeStore(reference: Reference, options: ProbeOptions): Promise<StoreFindings> {
  const { load } = options;
  if (reference.kind === "layout") {
    const { probeLayout } = await import("./layout/probe/probe-layout.ts");
    const findings = await probeLayout(reference, { ...options, needed: load?.size });
    return { registry: undefined, findings, requests: 0 };
  }
  // What speaks HTTP is loaded by those only who need it.
  const { probeRegistry } = await import("./registry/probe/index.ts");
  return probeRegistry(reference, { ...options, largestFile: load?.largest });
}
