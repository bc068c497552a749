import { SlipwayError } from "../errors/index.ts";
import {
  encodeStatement,
  type Promotion,
  predicateType,
  type Run,
  readPredicate,
  stageLevel,
  states,
  toDigestSet,
  type VerificationSummary,
} from "../evidence/index.ts";
import { chainError, type Evidence, type Signer } from "../lifecycle/index.ts";
import { type Descriptor, type Digest, hexOf, type WritableStore } from "../oci/index.ts";
import { evidenceTag, stateTag } from "../release/index.ts";
import {
  attachStatement,
  completeStatement,
  type EvidenceFormat,
  type StatementSigner,
  signStatement,
} from "../signing/index.ts";

/** A signed link and what it says. */
export interface SignedLink {
  readonly statement: Digest;
  readonly promotion: Promotion;
  readonly bundle: Uint8Array;
}

export interface Completion {
  readonly store: WritableStore;
  readonly subject: Descriptor;
  /** Links that the store lacks, in order. */
  readonly links: readonly SignedLink[];
  /** The link that the chain ends with. */
  readonly head: Pick<SignedLink, "statement" | "promotion">;
  /** True when Git orders the links; without a ledger the tag of the link is what only one can take. */
  readonly ordered: boolean;
  /** What is attached to the subject already. */
  readonly evidence: readonly Evidence[];
  readonly signer: StatementSigner;
  readonly format: EvidenceFormat;
  /** Who that is to the policy. */
  readonly actor: Signer;
  readonly run: Run;
  readonly now: Date;
}

/**
 * What follows a link that is in the ledger: its copy in the store, the stage's verification summary, and the hint
 * tag. Each is skipped when it is there, so that a promotion that was cut off anywhere is completed by running it
 * again. Anybody may complete it, but only whoever has the link's role vouches for the stage.
 *
 * @throws SlipwayError STATE_MOVED when another link was first and there is no ledger; what the store throws
 */
export async function completePromotion(completion: Completion): Promise<void> {
  for (const link of completion.links) await copyLink(link, completion);
  const { actor, head, ordered } = completion;
  if (!completion.links.some(({ statement }) => statement === head.statement)) {
    await complete(linkTag(head, ordered), predicateType.promotion, completion);
  }
  const summary = summaryIn(completion);
  if (summary?.tag !== undefined) await complete(summary.tag, predicateType.verificationSummary, completion);
  if (summary === undefined && actor.roles.includes(head.promotion.role)) await attachSummary(completion);
  await moveHint(completion);
}

/** What was attached before and cut off is there in every storage. */
async function complete(tag: string, type: string, { store, subject, format, signer }: Completion): Promise<void> {
  await completeStatement(store, { subject, tag, predicateType: type, format, signer });
}

/** The tag of a link's copy. Without a ledger, it is what only one promotion can take. */
function linkTag({ statement, promotion }: Completion["head"], ordered: boolean): string {
  const { version, variant, sequence } = promotion;
  const run = ordered ? named(String(sequence), statement) : String(sequence);
  return evidenceTag({ version, variant, check: "link", run, attempt: 1 });
}

async function copyLink(link: SignedLink, { store, subject, ordered, format, signer }: Completion) {
  const { promotion, bundle } = link;
  const { name, version, variant, sequence, promotedOn } = promotion;
  const tag = linkTag(link, ordered);
  // Its own time, so that the copy is the same bytes whoever makes it.
  const created = new Date(promotedOn);
  try {
    await attachStatement(store, {
      subject,
      bundle,
      predicateType: predicateType.promotion,
      tag,
      created,
      format,
      signer,
    });
  } catch (cause) {
    // Without a ledger the link's tag is what only one promotion can take.
    if (ordered || !(cause instanceof SlipwayError) || cause.code !== "IMMUTABLE_CONFLICT") throw cause;
    throw chainError("STATE_MOVED", `${name} ${version} ${variant} has a link ${sequence} already`, { cause });
  }
}

/** The summary of the head's stage by somebody in the head's role, if it was attached before. */
function summaryIn({ evidence, head: { promotion, statement } }: Completion): Evidence | undefined {
  return evidence.find((item) => {
    const summary = readPredicate("verificationSummary", item);
    return (
      summary?.verificationResult === "PASSED" &&
      summary.verifiedLevels.includes(stageLevel(promotion.to)) &&
      summary.inputAttestations?.some(({ digest }) => digest.sha256 === hexOf(statement)) === true &&
      item.signer.roles.includes(promotion.role)
    );
  });
}

async function attachSummary({ store, subject, head, signer, format, run, now }: Completion): Promise<void> {
  const { version, variant, to } = head.promotion;
  const summary = summaryOf(subject.digest, head, now);
  const payload = encodeStatement(subject.digest, predicateType.verificationSummary, summary);
  await attachStatement(store, {
    subject,
    bundle: await signStatement(payload, signer),
    predicateType: predicateType.verificationSummary,
    // One run may join several branches of a chain, one link after the other; each has a summary of its own.
    tag: evidenceTag({
      version,
      variant,
      check: named(`vsa-${to}`, head.statement),
      run: run.id,
      attempt: run.attempt,
    }),
    created: now,
    format,
    signer,
  });
}

/** A part of an evidence tag, when it is to name the link as well. */
function named(part: string, link: Digest): string {
  return `${part}-${hexOf(link).slice(0, 8)}`;
}

/** The SLSA verification summary of a stage: if any input is listed, all must be. */
function summaryOf(subject: Digest, { statement, promotion }: Completion["head"], now: Date): VerificationSummary {
  const inputs = [
    ...promotion.evidence.flatMap((used) => used.statement ?? []),
    ...promotion.waivers.map((waiver) => waiver.statement),
    statement,
  ];
  return {
    verifier: { id: "urn:slipway:promote" },
    timeVerified: now.toISOString(),
    resourceUri: `oci://${promotion.name}@${subject}?stage=${promotion.to}`,
    policy: { digest: toDigestSet(promotion.policy) },
    inputAttestations: [...new Set(inputs)].map((digest) => ({ digest: toDigestSet(digest) })),
    verificationResult: "PASSED",
    verifiedLevels: [stageLevel(promotion.to)],
    slsaVersion: "1.1",
  };
}

async function moveHint({ store, subject, head }: Completion): Promise<void> {
  const { version, variant, to } = head.promotion;
  const present = new Set(await store.tags());
  await store.hint(stateTag(version, variant, to), subject);
  for (const state of states) {
    const tag = stateTag(version, variant, state);
    if (state !== to && present.has(tag)) await store.hint(tag, undefined);
  }
}
