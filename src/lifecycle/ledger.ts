import type { Digest } from "../oci/index.ts";

/** One file of the ledger: a signed link, unchecked. */
export interface LedgerEntry {
  /** `<version>-<variant>` of the release that it lies under. */
  readonly release: string;
  readonly sequence: number;
  /** True for a link that lies beside the order, to be joined. */
  readonly side: boolean;
  /** A sigstore bundle. */
  readonly bundle: Uint8Array;
  /** Where it lies, for messages. */
  readonly path: string;
}

/** A link to append, with what lies beside it. */
export interface LedgerAddition {
  readonly name: string;
  readonly release: string;
  readonly sequence: number;
  readonly bundle: Uint8Array;
  /** Links that were found elsewhere and are joined by this one. */
  readonly side: readonly Uint8Array[];
  /** Evidence, manifests and policies, by digest. */
  readonly pack: ReadonlyMap<Digest, Uint8Array>;
  /** One line, and what people read below it. */
  readonly message: {
    readonly subject: string;
    readonly body: string;
    readonly trailers: readonly (readonly [string, string])[];
  };
}

/** Orders the links of releases by compare-and-set; the truth about what happened first (DESIGN 5.5). */
export interface Ledger {
  /** Name for messages. */
  readonly label: string;
  /** Every link of every release of a model, sorted by release and sequence. */
  entries(name: string): Promise<readonly LedgerEntry[]>;
  /** The evidence pack of a release. */
  pack(name: string, release: string): Promise<ReadonlyMap<Digest, Uint8Array>>;
  /**
   * Adds a link when it is the next one. The same bytes again are success.
   * @returns the commit
   * @throws SlipwayError STATE_MOVED when another link has its sequence number
   */
  append(addition: LedgerAddition): Promise<string>;
}
