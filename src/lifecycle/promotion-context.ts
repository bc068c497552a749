import type { SlipwayError } from "../errors/index.ts";
import type { State } from "../evidence/index.ts";
import type { Digest } from "../oci/index.ts";
import type { Chain } from "./chain.ts";
import type { Sibling } from "./champion.ts";
import type { Dossier, Evidence, Signer } from "./dossier.ts";
import type { Policy } from "./policy.ts";

/** What somebody asks for. */
export interface PromotionRequest {
  readonly to: State;
  readonly reason: string | undefined;
  /** What a revocation refers to, such as an advisory's URL. */
  readonly advisory: string | undefined;
  /** What a retirement promises the consumers. */
  readonly retirement: { readonly replacement: Digest; readonly sunset: Date; readonly migration: string } | undefined;
}

/** A pointer that names a release now. */
export interface Consumer {
  readonly environment: string;
  readonly pointer: string;
  readonly subject: Digest;
}

/** All that a promotion is decided on. */
export interface PromotionContext {
  readonly dossier: Dossier;
  readonly chain: Chain;
  readonly policy: Policy;
  readonly siblings: readonly Sibling[];
  /** What every pointer of every environment names now; undefined when it could not be read, which fails closed. */
  readonly consumers: readonly Consumer[] | undefined;
  /** Who would sign; undefined while planning without a key. */
  readonly actor: Signer | undefined;
  readonly now: Date;
}

/** What one gate came to. */
export interface GateFinding {
  /** Name of the gate. */
  readonly gate: string;
  readonly outcome: "met" | "waived" | "missing" | "failed";
  /** What was found, one line. */
  readonly finding: string;
  /** What to do about it; undefined when the gate is met or waived. */
  readonly remedy: string | undefined;
  /** What met the gate, or what stands against it. */
  readonly evidence: Evidence | undefined;
  /** Role in which the evidence, or the waiver, was accepted. */
  readonly role: string | undefined;
  readonly waiver: Evidence | undefined;
}

export interface PromotionDecision {
  readonly from: State;
  readonly to: State;
  readonly champion: Sibling | undefined;
  readonly gates: readonly GateFinding[];
  /** Who may authorise the transition: roles, each with the names of its keys that are valid now. */
  readonly mayAuthorise: readonly { readonly role: string; readonly keys: readonly string[] }[];
  /** In which the actor acts. */
  readonly role: string | undefined;
  /** Undefined when the promotion may be signed, and also when the release is in the state already. */
  readonly refusal: SlipwayError | undefined;
}
