import { dirname } from "node:path";
import { ContentPool } from "../../src/content/index.ts";
import type { Host, Secret, StepRun } from "../../src/contract/index.ts";
import {
  type PolicyInForce,
  type PromotionOutcome,
  promoteRelease,
  readPolicy,
  readSituation,
  resolveChain,
  type Situation,
} from "../../src/dossier/index.ts";
import type { Run } from "../../src/evidence/index.ts";
import { GitLedger, Repositories, readConsumers } from "../../src/gitops/index.ts";
import { decidePromotion, type Ledger, type PromotionRequest } from "../../src/lifecycle/index.ts";
import { openStore, requireDigest } from "../../src/oci/index.ts";
import { readSigningKey, type SigningKey } from "../../src/signing/index.ts";
import type { contract } from "./contract.ts";
import { promoteError } from "./errors.ts";
import { commitMessage, joinMessage } from "./message.ts";
import { requestOf } from "./request.ts";
import { decisionSummary } from "./summary.ts";

export const run: StepRun<typeof contract> = async (inputs, host) => {
  const digest = requireDigest(inputs.subject);
  const request = requestOf(inputs);
  const inForce = await readPolicy(inputs.policy);
  const key = await keyOf(inputs, host);
  const actor = key === undefined ? undefined : actorOf(key, inForce);

  await using pool = new ContentPool({ signal: host.signal });
  await using repositories = new Repositories({
    signal: host.signal,
    now: () => host.now(),
    committer: { name: actor?.name ?? "slipway", email: "slipway@localhost" },
    base: dirname(inputs.policy),
    token: inputs["git-token"],
    onRetry: (attempt, why) => host.info(`somebody else was faster (${why}); attempt ${attempt + 1}`),
  });
  const store = await openStore(inputs.subject, { pool, signal: host.signal });
  const ledger = await ledgerOf(inForce, repositories);
  if (inputs.resolve) {
    if (key === undefined || actor === undefined) throw promoteError("KEY_NEEDED", "no key was given");
    const order = { request, key, actor, consumers: undefined, run: runOf(host), now: host.now() };
    const name = { tag: inputs.subject.tag, digest };
    return joined(
      await resolveChain(name, { ...order, message: joinMessage(digest, actor) }, { store, ledger, inForce }),
    );
  }
  const situation = await readSituation({ tag: inputs.subject.tag, digest }, store, ledger, inForce);
  const needsConsumers = request.to === "archived";
  const consumers = needsConsumers ? await readConsumers(inForce.policy, repositories) : undefined;

  if (inputs.plan || key === undefined || actor === undefined) {
    if (!inputs.plan) throw promoteError("KEY_NEEDED", "no key was given");
    return planned(request, situation, inForce, { actor, consumers, now: host.now() });
  }
  const { dossier } = situation;
  const outcome = await promoteRelease(
    {
      request,
      key,
      actor,
      consumers,
      run: runOf(host),
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

/** @throws SlipwayError NOTHING_TO_RESOLVE */
function joined(outcome: Awaited<ReturnType<typeof resolveChain>>) {
  if (outcome === undefined) throw promoteError("NOTHING_TO_RESOLVE", "the ledger and the store have the same links");
  const { dossier, link, commit } = outcome;
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

function resultOf(outcome: PromotionOutcome, { dossier, chain }: Situation) {
  const { decision } = outcome;
  const release = `${dossier.name} ${dossier.version} ${dossier.variant}`;
  const missing = decision.gates.filter((gate) => gate.outcome === "missing" || gate.outcome === "failed").length;
  if (outcome.kind === "refused") {
    return {
      outputs: {
        state: chain.state,
        promoted: false,
        link: chain.head ?? "",
        sequence: chain.links.length,
        commit: "",
        missing,
        subject: dossier.subject,
      },
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
  const missing = decision.gates.filter((gate) => gate.outcome === "missing" || gate.outcome === "failed").length;
  const release = `${dossier.name} ${dossier.version} ${dossier.variant}`;
  const answer =
    decision.from === decision.to
      ? `${release} is ${decision.to} already`
      : decision.refusal === undefined
        ? `${release} may be promoted to ${decision.to}`
        : `${release} may not be promoted to ${decision.to} yet: ${decision.refusal.message}`;
  return {
    outputs: {
      state: chain.state,
      promoted: false,
      link: chain.head ?? "",
      sequence: chain.links.length,
      commit: "",
      missing,
      subject: dossier.subject,
    },
    summary: decisionSummary(`Plan: ${answer}`, dossier, decision),
  };
}

async function keyOf(
  inputs: { readonly key: Secret | undefined; readonly password: Secret | undefined },
  host: Host,
): Promise<SigningKey | undefined> {
  if (inputs.key === undefined) return undefined;
  const [pem, password] = [await inputs.key.read(), await inputs.password?.read()];
  for (const secret of [pem, password]) if (secret !== undefined) host.mask(secret.toString("utf8"));
  return readSigningKey(pem, password, inputs.key.place);
}

function actorOf({ trusted: { fingerprint } }: SigningKey, { trust, policy }: PolicyInForce) {
  const actor = trust.signerOf(fingerprint);
  if (actor !== undefined) return actor;
  throw promoteError("SIGNER_UNKNOWN", `the key ${fingerprint.slice(0, 16)}… is not in ${policy.file}`);
}

async function ledgerOf({ policy }: PolicyInForce, repositories: Repositories): Promise<Ledger | undefined> {
  if (policy.ledger === undefined) return undefined;
  return new GitLedger(await repositories.open(policy.ledger), policy.ledger.repository);
}

function runOf({ run: { id, attempt, url } }: Host): Run {
  return { id, attempt, ...(url === undefined ? {} : { url }) };
}
