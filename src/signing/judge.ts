import { type Bundle, bundleFromJSON } from "@sigstore/bundle";
import { TrustedRoot } from "@sigstore/protobuf-specs";
import { toSignedEntity, toTrustMaterial, Verifier } from "@sigstore/verify";
import { evidenceType, isAbout, parseStatement, predicateType, type Statement } from "../evidence/index.ts";
import { type Digest, digestOf } from "../oci/index.ts";
import type { Candidate } from "./candidates.ts";
import type { TrustedKey } from "./key.ts";

const maxReasonLength = 300;

/** What verification found about one candidate. */
export type Judgement =
  | {
      readonly accepted: true;
      readonly signer: TrustedKey;
      readonly statement: Statement;
      /** Digest of the payload that was signed: what other statements call this one. */
      readonly digest: Digest;
    }
  | { readonly accepted: false; readonly why: string };

/**
 * Judges whether a candidate is a signature of the subject by a trusted key: invariant 3 of the design, for a
 * signature.
 *
 * @param trusted keys whose holder may sign releases; at least one
 */
export function judgeSignature(candidate: Candidate, subject: Digest, trusted: readonly TrustedKey[]): Judgement {
  const judgement = judgeEvidence(candidate, subject, trusted);
  if (!judgement.accepted) return judgement;
  const { statement } = judgement;
  if (statement.predicateType !== predicateType.cosignSignature) {
    return refuse(`it states ${statement.predicateType}, which is evidence and not a signature`);
  }
  if (Object.keys(statement.predicate).length > 0)
    return refuse("its predicate is not empty, as that of a signature is");
  return judgement;
}

/**
 * Judges whether a candidate is a statement about the subject by a trusted key, of whatever type. What the signer may
 * state, and whether it suffices, is for the reader of the statement to say. The order is that of trust: nothing the
 * candidate says is read before its signature holds.
 *
 * @param trusted keys that may state anything at all; at least one
 */
export function judgeEvidence(candidate: Candidate, subject: Digest, trusted: readonly TrustedKey[]): Judgement {
  if ("unreadable" in candidate.bundle) return refuse(`the bundle cannot be read: ${candidate.bundle.unreadable}`);
  return judgeBundle(candidate.bundle.bytes, subject, trusted);
}

/**
 * The same for a bundle that lies elsewhere than in a store, such as in a ledger.
 * @param subject undefined when the statement itself is to say what it is about
 */
export function judgeBundle(bytes: Uint8Array, subject: Digest | undefined, trusted: readonly TrustedKey[]): Judgement {
  const bundle = parseBundle(bytes);
  if (typeof bundle === "string") return refuse(bundle);

  const { content, verificationMaterial } = bundle;
  if (content.$case !== "dsseEnvelope") return refuse("it signs a digest, not a statement");
  if (verificationMaterial.content.$case !== "publicKey")
    return refuse("it was signed with a certificate; only keys are trusted here");
  const { payload, payloadType, signatures } = content.dsseEnvelope;
  if (signatures.length !== 1) return refuse(`it has ${signatures.length} signatures instead of one`);
  if (payloadType !== evidenceType.payload) return refuse(`its payload is of type "${payloadType}"`);
  // go-securesystemslib skips such a signature, and what is accepted here must be accepted by cosign as well.
  if (signatures.some(({ keyid }) => keyid !== ""))
    return refuse("its signature has a key id, which other verifiers do not accept");

  const { hint } = verificationMaterial.content.publicKey;
  const signer = trusted.find((key) => isSignedBy(bundle, key));
  if (signer === undefined) {
    return trusted.some((key) => key.hint === hint)
      ? refuse("the signature of the trusted key does not hold: what was signed was altered")
      : refuse(`it was signed by a key that is not trusted here (${keyNamed(hint)})`);
  }

  const statement = parseStatement(payload);
  if (statement === undefined) return refuse("its payload is not an in-toto statement of version 1");
  if (subject !== undefined && !isAbout(statement, subject)) return refuse("its statement is about another digest");
  return { accepted: true, signer, statement, digest: digestOf(payload) };
}

function parseBundle(bytes: Uint8Array): Bundle | string {
  try {
    const bundle = bundleFromJSON(JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)));
    if (bundle.mediaType === "application/vnd.dev.sigstore.bundle.v0.3+json") return bundle;
    return `it is a bundle of type ${bundle.mediaType}; version 0.3 is needed`;
  } catch {
    return "it is not a well-formed sigstore bundle";
  }
}

function isSignedBy(bundle: Bundle, trusted: TrustedKey): boolean {
  const material = toTrustMaterial(TrustedRoot.fromJSON({}), () => ({ publicKey: trusted.key, validFor: () => true }));
  // A key says nothing about time, and no log is trusted here; so neither is asked for, nor looked at when cosign
  // has recorded the signature in one.
  const verifier = new Verifier(material, { tlogThreshold: 0, ctlogThreshold: 0, timestampThreshold: 0 });
  const { content } = bundle.verificationMaterial;
  const verificationMaterial = { content, tlogEntries: [], timestampVerificationData: undefined };
  try {
    verifier.verify(toSignedEntity({ ...bundle, verificationMaterial }));
    return true;
  } catch {
    return false;
  }
}

/** What a bundle says of its key, the way people and policies name keys; unproven, like any hint. */
function keyNamed(hint: string): string {
  if (hint === "") return "it does not say which";
  return /^[A-Za-z0-9+/]{43}=$/.test(hint) ? Buffer.from(hint, "base64").toString("hex") : `hint ${hint}`;
}

/** Parts of a reason are quoted from the bundle, which may be megabytes of anything. */
function refuse(why: string): Judgement {
  return { accepted: false, why: why.length > maxReasonLength ? `${why.slice(0, maxReasonLength)}…` : why };
}
