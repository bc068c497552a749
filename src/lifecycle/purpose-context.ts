import type { SlipwayError } from "../errors/index.ts";
import type { State } from "../evidence/index.ts";
import type { Digest } from "../oci/index.ts";
import type { Chain } from "./chain.ts";
import type { Sibling } from "./champion.ts";
import type { Dossier } from "./dossier.ts";
import type { Environment, Policy } from "./policy.ts";
import type { Consumer } from "./promotion-context.ts";

/** What a release is verified for (DESIGN 5.5). */
export type Purpose = "promote" | "deploy" | "rollback" | "serve" | "audit";

/** What one rule found. */
export interface PurposeFinding {
  readonly rule: string;
  readonly ok: boolean;
  /** It holds, and somebody should look at it all the same. */
  readonly warning?: boolean;
  readonly finding: string;
}

/** All that a purpose is judged on. The chain was assembled: its order and every link's authority hold. */
export interface PurposeContext {
  readonly dossier: Dossier;
  readonly chain: Chain;
  readonly policy: Policy;
  /** Needed for `deploy` and `rollback`; without it they are refused. */
  readonly environment: Environment | undefined;
  /** Releases that may not be deployed in the environment; undefined when that could not be read. */
  readonly held: readonly { readonly subject: Digest; readonly reason: string; readonly since: string }[] | undefined;
  readonly siblings: readonly Sibling[];
  readonly consumers: readonly Consumer[] | undefined;
  readonly now: Date;
  /** For `promote`: the state; the next one when left out. */
  readonly to?: State;
}

/** A finding that does not hold, and the refusal it makes. */
export interface Judged extends PurposeFinding {
  readonly refusal?: SlipwayError;
}
