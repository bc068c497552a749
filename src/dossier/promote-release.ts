import type { SlipwayError } from "../errors/index.ts";
import { encodeStatement, type Promotion, predicateProblem, predicateType, type Run } from "../evidence/index.ts";
import {
  type Consumer,
  decidePromotion,
  type Ledger,
  type LedgerAddition,
  type PromotionDecision,
  type PromotionRequest,
  planLink,
  provenTimeProblem,
  type Signer,
} from "../lifecycle/index.ts";
import { type Digest, digestOf, type WritableStore } from "../oci/index.ts";
import { variantTag } from "../release/index.ts";
import { type EvidenceFormat, judgeBundle, type StatementSigner, signStatement } from "../signing/index.ts";
import { collectPack } from "./collect-pack.ts";
import { completePromotion, type SignedLink } from "./complete-promotion.ts";
import { dossierError } from "./errors.ts";
import { readLedgerEntry } from "./read-links.ts";
import type { PolicyInForce, Situation } from "./situation.ts";

export interface PromotionOrder {
  readonly request: PromotionRequest;
  readonly signer: StatementSigner;
  /** Where what is attached to the release is stored. */
  readonly format: EvidenceFormat;
  readonly actor: Signer;
  readonly consumers: readonly Consumer[] | undefined;
  readonly run: Run;
  readonly now: Date;
  /** Words the commit that adds the link. */
  readonly message: (link: SignedLink) => LedgerAddition["message"];
}

/** What a promotion came to. */
export type PromotionOutcome =
  | { readonly kind: "refused"; readonly decision: PromotionDecision; readonly refusal: SlipwayError }
  | {
      /** `present`: the release was in that state already, and what was missing behind the link is there now. */
      readonly kind: "promoted" | "present";
      readonly decision: PromotionDecision;
      readonly link: Pick<SignedLink, "statement" | "promotion">;
      /** Commit of the ledger that holds the link, when this run added it. */
      readonly commit: string | undefined;
      /** Pieces of evidence that did not fit into the pack. */
      readonly leftOut: number;
    };

/**
 * Promotes a release: decides, signs, appends to the ledger by compare-and-set, and completes what follows from the
 * link. Killed anywhere and run again, it ends as if it had never been killed.
 *
 * @throws SlipwayError LINK_INVALID, LINK_UNPROVEN, STATE_MOVED when another promotion was first; what the store and the ledger throw
 */
export async function promoteRelease(
  order: PromotionOrder,
  situation: Situation,
  ports: { readonly store: WritableStore; readonly ledger: Ledger | undefined; readonly inForce: PolicyInForce },
): Promise<PromotionOutcome> {
  const { request, actor, consumers, now, run } = order;
  const { dossier, chain, siblings } = situation;
  const { inForce, ledger } = ports;
  const context = { dossier, chain, siblings, policy: inForce.policy, consumers, actor, now };
  const decision = decidePromotion(request, context);
  if (decision.refusal !== undefined) return { kind: "refused", decision, refusal: decision.refusal };

  const head = chain.links.at(-1);
  if (decision.from === decision.to && head !== undefined) {
    await complete(uncopiedOf(situation, inForce), head, order, situation, ports);
    return { kind: "present", decision, link: head, commit: undefined, leftOut: 0 };
  }
  const promotion = planLink(decision, context, request, run);
  const link = await signLink(dossier.subject, promotion, order, inForce);
  let commit: string | undefined;
  let leftOut = 0;
  if (ledger !== undefined) {
    const pack = await collectPack(ports.store, situation.release, inForce.bytes);
    leftOut = pack.leftOut;
    commit = await ledger.append({
      name: dossier.name,
      release: variantTag(dossier.version, dossier.variant),
      sequence: promotion.sequence,
      bundle: link.bundle,
      side: [],
      pack: pack.contents,
      message: order.message(link),
    });
  }
  await complete([...uncopiedOf(situation, inForce), link], link, order, situation, ports);
  return { kind: "promoted", decision, link, commit, leftOut };
}

/**
 * Signs a link. What nobody could read afterwards is not signed: one such link in the ledger would stop every promotion
 * of the model.
 *
 * @throws SlipwayError LINK_INVALID, LINK_UNPROVEN
 */
export async function signLink(
  subject: Digest,
  promotion: Promotion,
  { signer, actor }: Pick<PromotionOrder, "signer" | "actor">,
  { policy, trust }: PolicyInForce,
): Promise<SignedLink> {
  const problem = predicateProblem(predicateType.promotion, promotion);
  if (problem !== undefined) throw dossierError("LINK_INVALID", `the link of the promotion is malformed: ${problem}`);
  const payload = encodeStatement(subject, predicateType.promotion, promotion);
  const bundle = await signStatement(payload, signer);
  const judgement = judgeBundle(bundle, subject, trust.signers);
  const proven = judgement.accepted ? judgement.time : undefined;
  const signed = { signer: actor, ...(proven && { proven }) };
  const unproven = provenTimeProblem(policy.times, signed, new Date(promotion.promotedOn));
  if (unproven !== undefined) {
    throw dossierError("LINK_UNPROVEN", `the link of the promotion would not count: ${unproven}`);
  }
  return { statement: digestOf(payload), promotion, bundle };
}

async function complete(
  links: readonly SignedLink[],
  head: Pick<SignedLink, "statement" | "promotion">,
  { signer, format, actor, run, now }: PromotionOrder,
  { release: { subject }, dossier: { evidence } }: Situation,
  { store, ledger }: { readonly store: WritableStore; readonly ledger: Ledger | undefined },
): Promise<void> {
  const ordered = ledger !== undefined;
  await completePromotion({ store, subject, links, head, ordered, evidence, signer, format, actor, run, now });
}

/** The links that a promotion, cut off before, left in the ledger alone. */
function uncopiedOf({ chain, entries }: Situation, { trust }: PolicyInForce): SignedLink[] {
  const missing = new Set(chain.uncopied.map((link) => link.statement));
  return (entries ?? []).flatMap((entry) => {
    const { statement, promotion } = readLedgerEntry(entry, trust);
    return missing.has(statement) ? [{ statement, promotion, bundle: entry.bundle }] : [];
  });
}
