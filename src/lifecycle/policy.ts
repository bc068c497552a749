import type { State } from "../evidence/index.ts";
import type { Digest } from "../oci/index.ts";
import type { GateKind } from "./gate-kinds.ts";
import type { Target } from "./transition.ts";

/** Somebody who may act in a role: the holder of a key, or whom a certificate names. */
export type PolicyMember = PolicyKey | PolicyIdentity;

interface Membership {
  readonly name: string;
  /** When the signer may act; undefined means without limit. */
  readonly from: Date | undefined;
  readonly until: Date | undefined;
}

interface PolicyKey extends Membership {
  readonly kind: "key";
  /** ECDSA P-256 public key in PEM; that it is one is for the reader of keys to say. */
  readonly pem: string;
}

export interface PolicyIdentity extends Membership {
  readonly kind: "identity";
  /** Compared as a whole; `*` stands for any run of characters but "/". The issuer is no pattern. */
  readonly identity: {
    readonly issuer: string;
    readonly subject: string;
    readonly claims: Readonly<Partial<Record<IdentityClaim, string>>>;
  };
}

/** What else a certificate may have to say (fulcio, docs/oid-info.md). */
type IdentityClaim = "repository" | "ref" | "workflow" | "environment" | "trigger" | "runner";

/** One thing that a transition requires. */
export interface Gate {
  readonly kind: GateKind;
  /** The kind, unless the policy gives it a name of its own; unique in its transition. */
  readonly name: string;
  /** Roles whose evidence is accepted; empty for a gate that takes no evidence. */
  readonly signers: readonly string[];
  /** How old a test result may be, in milliseconds. */
  readonly maxAge: number | undefined;
  /** What a test result must have been compared with. */
  readonly against: "champion" | "thresholds";
  /** Of a `statement` gate. */
  readonly predicateType: string | undefined;
}

/** What it takes to reach a state. */
export interface Transition {
  /** Roles that may authorise it. */
  readonly roles: readonly string[];
  readonly gates: readonly Gate[];
}

/** A gate that may be waived. */
export interface WaiverRule {
  readonly gate: string;
  readonly signers: readonly string[];
  /** Latest end of a waiver. */
  readonly until: Date;
  readonly reason: string;
}

/** A place in Git that says which release is deployed (DESIGN 5.6). */
export interface Pointer {
  /** Of the model. */
  readonly name: string;
  readonly variant: string;
  /** Path in the repository. */
  readonly file: string;
  readonly document: { readonly kind?: string; readonly name?: string } | undefined;
  /** Path of each part's field in the document. */
  readonly fields: {
    readonly version: string;
    readonly digest: string;
    readonly uri: string;
    readonly subject?: string;
    readonly name?: string;
    readonly variant?: string;
  };
}

/** Where releases are deployed. */
export interface Environment {
  readonly name: string;
  /** A release must be in one of these states; at least one. */
  readonly states: readonly State[];
  /** Roles that may move pointers; at least one. */
  readonly movers: readonly string[];
  /** Git repository of the pointers; undefined when neither the environment nor the ledger names one. */
  readonly repository: string | undefined;
  /** Undefined: the repository's own default. */
  readonly branch: string | undefined;
  readonly pointers: readonly Pointer[];
}

/** release-policy.yaml, checked, with everything that was left out filled in (DESIGN 5.5). */
export interface Policy {
  /** Of the file's bytes. */
  readonly digest: Digest;
  /** Name for messages. */
  readonly file: string;
  readonly roles: ReadonlyMap<string, readonly PolicyMember[]>;
  /** Certificate, timestamp and log authorities, as sigstore's trusted root; undefined when none is trusted. */
  readonly trustedRoot: unknown;
  /** Whether the times that decide have to be proven by an authority of the trusted root, or may be asserted. */
  readonly times: "asserted" | "proven";
  readonly transitions: Readonly<Record<Target, Transition>>;
  readonly waivers: readonly WaiverRule[];
  readonly ledger: { readonly repository: string; readonly branch: string } | undefined;
  readonly environments: ReadonlyMap<string, Environment>;
  /** How long a release must have run to be gone back to, in milliseconds. */
  readonly rollbackWindow: number;
}
