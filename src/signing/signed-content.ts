import type { Bundle } from "@sigstore/bundle";
import type { RefusalCode } from "./refusals.ts";

/** How evidence is stored beside its subject: sigstore bundles as referrers, or cosign's `.sig` and `.att` tags. */
export type EvidenceStorage = "bundle" | "legacy";

/** Something that was signed, with what is offered as proof. Nothing in it is proven. */
export interface SignedContent {
  readonly storage: EvidenceStorage;
  /** An in-toto statement in an envelope, or cosign's older "simple signing" payload, which only ever means "signed". */
  readonly states: "statement" | "simple-signing";
  /** What states it. */
  readonly payload: Uint8Array;
  /** Of an attestation in the older storage: the bytes of its layer, which a timestamp may be over. */
  readonly envelope?: Uint8Array;
  /** Signature and proof, in the form of a bundle whatever they were stored as. */
  readonly bundle: Bundle;
}

/** Why something is not believed. */
export interface Unbelieved {
  readonly code: RefusalCode;
  /** One line, to continue "refused: …". */
  readonly why: string;
}

/** Parts of a reason are quoted from the evidence, which may be megabytes of anything. */
const maxReasonLength = 300;

export function unbelieved(code: RefusalCode, why: string): Unbelieved {
  const plain = why.replace(/[\p{Cc}\u2028\u2029]+/gu, " ");
  return { code, why: plain.length > maxReasonLength ? `${plain.slice(0, maxReasonLength).toWellFormed()}…` : plain };
}
