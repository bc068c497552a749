import { ContentPool } from "../../src/content/index.ts";
import { reachOf, type StepRun } from "../../src/contract/index.ts";
import {
  type PolicyInForce,
  type PromotionOutcome,
  promoteRelease,
  readPolicy,
  readSituation,
  resolveChain,
  type Situation,
} from "../../src/dossier/index.ts";
import { statedRun } from "../../src/evidence/index.ts";
import { Repositories, readConsumers } from "../../src/gitops/index.ts";
import { decidePromotion, type PromotionDecision, type PromotionRequest } from "../../src/lifecycle/index.ts";
import { openStore, requireDigest } from "../../src/oci/index.ts";
import { canSign, openSigner, type Signatory, showSignatory } from "../../src/signing/index.ts";
import type { contract } from "./contract.ts";
import { promoteError } from "./errors.ts";
import { commitMessage, joinMessage } from "./message.ts";
import { requestOf } from "./request.ts";
import { decisionSummary } from "./summary.ts";

export const run: StepRun<typeof contract> = async (inputs, host) => {
  const digest = requireDigest(inputs.subject);
  const request = requestOf(inputs);
  const inForce = await readPolicy(inputs.policy);
  const signer = canSign(inputs) ? await openSigner(inputs, host) : undefined;
  const actor = signer === undefined ? undefined : actorOf(signer.signatory, inForce);
  const { format } = inputs;

  await using pool = new ContentPool({ signal: host.signal });
  await using repositories = Repositories.of(inputs.policy, host, { token: inputs["git-token"], author: actor?.name });
  const store = await openStore(inputs.subject, { pool, signal: host.signal, reach: reachOf(inputs, host) });
  const ledger = await repositories.ledger(inForce.policy);
  if (inputs.resolve) {
    if (inputs.plan) throw promoteError("RESOLVE_UNPLANNED", "`plan` and `resolve` were given together");
    if (signer === undefined || actor === undefined) throw promoteError("KEY_NEEDED", "no key was given");
    const order = { request, signer, format, actor, consumers: undefined, run: statedRun(host.run), now: host.now() };
    const name = { tag: inputs.subject.tag, digest };
    const message = joinMessage(digest, actor);
    const outcome = await resolveChain(name, { ...order, message }, { store, ledger, inForce });
    if (outcome !== undefined) return joined(outcome);
  }
  const situation = await readSituation({ tag: inputs.subject.tag, digest }, store, ledger, inForce);
  // A join that was cut off is in the ledger already, and is completed as a promotion is.
  if (inputs.resolve && situation.chain.state !== request.to) {
    throw promoteError("NOTHING_TO_RESOLVE", "the ledger and the store have the same links");
  }
  const needsConsumers = request.to === "archived";
  const consumers = needsConsumers ? await readConsumers(inForce.policy, repositories) : undefined;

  if (inputs.plan || signer === undefined || actor === undefined) {
    if (!inputs.plan) throw promoteError("KEY_NEEDED", "no key was given");
    return planned(request, situation, inForce, { actor, consumers, now: host.now() });
  }
  const { dossier } = situation;
  const outcome = await promoteRelease(
    {
      request,
      signer,
      format,
      actor,
      consumers,
      run: statedRun(host.run),
      now: host.now(),
      message: ({ promotion, statement }) =>
        commitMessage(promotion, { subject: dossier.subject, statement, signer: actor }),
    },
    situation,
    { store, ledger, inForce },
  );
  if (ledger === undefined)
    host.warn("the policy names no ledger: a last link that is deleted from the store would not be noticed");
  return resultOf(outcome, situation);
};

function joined({ dossier, link, commit }: NonNullable<Awaited<ReturnType<typeof resolveChain>>>) {
  const { to, sequence, previous } = link.promotion;
  return {
    outputs: {
      state: to,
      promoted: true,
      link: link.statement,
      sequence,
      commit: commit ?? "",
      missing: 0,
      subject: dossier.subject,
    },
    summary: {
      title: `Joined the chain of ${dossier.name} ${dossier.version} ${dossier.variant}: it is ${to}`,
      facts: [
        { label: "subject", value: dossier.subject, code: true },
        { label: "link", value: `${sequence}: ${link.statement}`, code: true },
        ...previous.map((digest) => ({ label: "parent", value: digest, code: true })),
        ...(commit === undefined ? [] : [{ label: "commit", value: commit, code: true }]),
      ],
    },
  };
}

/** What is put out when no link was added. */
function unmoved({ dossier, chain }: Situation, missing: number) {
  return {
    state: chain.state,
    promoted: false,
    link: chain.head ?? "",
    sequence: chain.links.length,
    commit: "",
    missing,
    subject: dossier.subject,
  };
}

function missingIn({ gates }: PromotionDecision): number {
  return gates.filter(({ outcome }) => outcome === "missing" || outcome === "failed").length;
}

function resultOf(outcome: PromotionOutcome, situation: Situation) {
  const { dossier, chain } = situation;
  const { decision } = outcome;
  const release = `${dossier.name} ${dossier.version} ${dossier.variant}`;
  const missing = missingIn(decision);
  if (outcome.kind === "refused") {
    return {
      outputs: unmoved(situation, missing),
      summary: decisionSummary(`Refused: ${release} stays ${chain.state}`, dossier, decision),
      refusal: outcome.refusal,
    };
  }
  const { link, commit, kind, leftOut } = outcome;
  const summary = decisionSummary(
    kind === "promoted" ? `Promoted ${release} to ${decision.to}` : `${release} is ${decision.to} already`,
    dossier,
    decision,
  );
  return {
    outputs: {
      state: decision.to,
      promoted: kind === "promoted",
      link: link.statement,
      sequence: link.promotion.sequence,
      commit: commit ?? "",
      missing,
      subject: dossier.subject,
    },
    summary: {
      ...summary,
      facts: [
        ...summary.facts,
        { label: "link", value: `${link.promotion.sequence}: ${link.statement}`, code: true },
        ...(commit === undefined ? [] : [{ label: "commit", value: commit, code: true }]),
        ...(leftOut === 0 ? [] : [{ label: "not in the pack", value: `${leftOut} pieces of evidence, too large` }]),
      ],
    },
  };
}

function planned(
  request: PromotionRequest,
  situation: Situation,
  { policy }: PolicyInForce,
  context: Pick<Parameters<typeof decidePromotion>[1], "actor" | "consumers" | "now">,
) {
  const { dossier, chain, siblings } = situation;
  const decision = decidePromotion(request, { ...context, dossier, chain, siblings, policy });
  const missing = missingIn(decision);
  const release = `${dossier.name} ${dossier.version} ${dossier.variant}`;
  const answer =
    decision.from === decision.to
      ? `${release} is ${decision.to} already`
      : decision.refusal === undefined
        ? `${release} may be promoted to ${decision.to}`
        : `${release} may not be promoted to ${decision.to} yet: ${decision.refusal.message}`;
  return {
    outputs: unmoved(situation, missing),
    summary: decisionSummary(`Plan: ${answer}`, dossier, decision),
  };
}

function actorOf(signatory: Signatory, { trust, policy }: PolicyInForce) {
  const actor = trust.signerOf(signatory);
  if (actor !== undefined) return actor;
  throw promoteError("SIGNER_UNKNOWN", `${showSignatory(signatory)} is not in ${policy.file}`);
}
