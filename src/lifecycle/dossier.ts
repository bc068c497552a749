import type { Promotion } from "../evidence/index.ts";
import type { Digest } from "../oci/index.ts";

/** Who signed, as the policy knows the key. */
export interface Signer {
  /** Lower-case hexadecimal SHA-256 of the key's SPKI. */
  readonly fingerprint: string;
  /** The key's name in the policy. */
  readonly name: string;
  /** Roles that the policy gives this key, in the policy's order; at least one. */
  readonly roles: readonly string[];
  /** When the key may be used; undefined means without limit. */
  readonly from: Date | undefined;
  readonly until: Date | undefined;
  /** Whom the certificate named, of somebody who signs without a key. */
  readonly identity?: { readonly issuer: string; readonly subject: string };
}

/** A time before which something was signed, and who vouches for it. */
export interface ProvenTime {
  readonly at: Date;
  readonly by: string;
}

/** A statement about the subject whose signature by a key of the policy holds. Its content is judged by the gates. */
export interface Evidence {
  /** Digest of the statement: the DSSE payload. */
  readonly statement: Digest;
  readonly predicateType: string;
  readonly predicate: Readonly<Record<string, unknown>>;
  readonly signer: Signer;
  /** When it was signed at the latest; left out when nobody vouches for that. */
  readonly proven?: ProvenTime;
  /** The evidence tag that it claims; for people, and for nothing that is decided. */
  readonly tag?: string;
}

/** A link of a promotion chain whose signature by a key of the policy holds, and whose predicate is well-formed. */
export interface Link {
  readonly statement: Digest;
  readonly subject: Digest;
  readonly promotion: Promotion;
  readonly signer: Signer;
  readonly proven?: ProvenTime;
}

/** Where the links of one release were found. */
export interface FoundLinks {
  /** In the Git ledger: in the order of its files' sequence numbers; undefined when the policy names no ledger. */
  readonly ledger: readonly Link[] | undefined;
  /** Links beside the ledger's order, which a link with two parents joins. */
  readonly side: readonly Link[];
  /** In the store, in no order; undefined when the store is out of reach. */
  readonly store: readonly Link[] | undefined;
}

/** All that is known about one release, every signature checked. What it means is for the gates to say. */
export interface Dossier {
  readonly subject: Digest;
  readonly name: string;
  readonly version: string;
  readonly variant: string;
  /** From the manifest, which the subject's digest covers. */
  readonly owner: string | undefined;
  /** Path of the model card among the release's files. */
  readonly modelCard: string | undefined;
  /** ADR-004 provenance, from the metadata.json that the manifest names. */
  readonly lineage: Lineage;
  readonly evidence: readonly Evidence[];
  /** What was attached and not accepted, and why. */
  readonly refused: readonly {
    /** Of what holds it. */
    readonly digest: Digest;
    /** What it states, unproven; left out when that could not be read. */
    readonly statement?: Digest;
    readonly why: string;
  }[];
  readonly links: FoundLinks;
}

export interface Lineage {
  readonly trainingRun: string | undefined;
  readonly dataset: string | undefined;
  readonly datasetVersion: string | undefined;
  readonly codeCommit: string | undefined;
  readonly codeRepository: string | undefined;
  readonly baseModel: string | undefined;
  readonly trainedAt: string | undefined;
  readonly trainedBy: string | undefined;
}
