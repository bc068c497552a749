import { createPublicKey, X509Certificate as NodeCertificate } from "node:crypto";
import { RFC3161Timestamp, X509Certificate } from "@sigstore/core";
import { TrustedRoot } from "@sigstore/protobuf-specs";
import { toSignedEntity, toTrustMaterial, Verifier } from "@sigstore/verify";
import type { TrustedKey } from "../key.ts";
import { type SignedContent, type Unbelieved, unbelieved } from "../signed-content.ts";
import { identityIn } from "./certified-identity.ts";
import { entitiesOf } from "./entity.ts";
import { explain } from "./explain.ts";
import { isMeant } from "./identity-pattern.ts";
import { namesCertificate } from "./logged-verifier.ts";
import { earliest, type ProvenTime, proveTime } from "./prove-time.ts";
import { keyHolder, type Signatory, type SignerTrust } from "./signer-trust.ts";

/** Who made a signature, and since when at the latest it has been there. */
export interface Proof {
  readonly signatory: Signatory;
  /** Undefined for a key's signature whose time nobody vouches for. */
  readonly time: ProvenTime | undefined;
}

/** Proves who signed something, and when, or says why nobody who is trusted did. */
export function proveSignatory(content: SignedContent, trust: SignerTrust): Proof | Unbelieved {
  const material = content.bundle.verificationMaterial.content;
  switch (material.$case) {
    case "publicKey":
      return proveKey(content, material.publicKey.hint, trust);
    case "certificate":
      return proveCertificate(content, Buffer.from(material.certificate.rawBytes), trust);
    case "x509CertificateChain":
      return unbelieved("BUNDLE_MALFORMED", "it has a chain of certificates, which bundles of version 0.3 do not");
  }
}

function proveKey(content: SignedContent, hint: string, { keys, root }: SignerTrust): Proof | Unbelieved {
  const signer = keys.find((key) => isSignedBy(content, key));
  if (signer !== undefined) return { signatory: keyHolder(signer), time: proveTime(content, signer.key, root) };
  if (keys.some((key) => key.hint === hint)) {
    return unbelieved("PAYLOAD_ALTERED", "the signature of the trusted key does not hold: what was signed was altered");
  }
  return unbelieved("KEY_UNTRUSTED", `it was signed by a key that is not trusted here (${keyNamed(hint)})`);
}

function isSignedBy({ bundle, payload }: SignedContent, trusted: TrustedKey): boolean {
  const material = toTrustMaterial(TrustedRoot.fromJSON({}), () => ({ publicKey: trusted.key, validFor: () => true }));
  // A key says nothing about time; who vouches for that is looked at afterwards.
  const verifier = new Verifier(material, { tlogThreshold: 0, ctlogThreshold: 0, timestampThreshold: 0 });
  const { content } = bundle.verificationMaterial;
  const verificationMaterial = { content, tlogEntries: [], timestampVerificationData: undefined };
  try {
    verifier.verify(toSignedEntity({ ...bundle, verificationMaterial }, Buffer.from(payload)));
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

/**
 * A certificate's signature (sigstore client specification, "Verification"): proven times first, since the certificate
 * must have been valid at each; then the chain, the log, the signature, and last whom the certificate names.
 */
function proveCertificate(
  signed: SignedContent,
  der: Buffer<ArrayBuffer>,
  { identities, root }: SignerTrust,
): Proof | Unbelieved {
  if (root === undefined) {
    return unbelieved("CERTIFICATES_UNTRUSTED", "it was signed with a certificate; only keys are trusted here");
  }
  const certificate = parseCertificate(der);
  if (certificate === undefined) return unbelieved("CERTIFICATE_MALFORMED", "its certificate cannot be read");
  const key = keyProblem(certificate);
  if (key !== undefined) return unbelieved("CERTIFICATE_KEY", `its certificate is for a key of type ${key}`);
  if (!maySign(der, certificate))
    return unbelieved("CERTIFICATE_PURPOSE", "its certificate is not one for signing code");
  const content = withKnownProof(signed, root);
  const times = offeredTimes(content);
  if (times.length === 0) {
    return unbelieved("TIME_UNPROVEN", "nothing proves that it was signed while its certificate was valid");
  }
  const { tlogEntries } = content.bundle.verificationMaterial;
  if (root.tlogs.length > 0 && tlogEntries.length === 0) {
    return unbelieved("LOG_PROOF_MISSING", "nothing proves that it was recorded in a transparency log");
  }
  const verifier = new Verifier(toTrustMaterial(root, {}), {
    // What the trusted root names is what is required.
    tlogThreshold: root.tlogs.length > 0 ? 1 : 0,
    ctlogThreshold: root.ctlogs.length > 0 ? 1 : 0,
    timestampThreshold: 1,
  });
  const failure = failureOf(verifier, content);
  if (failure !== undefined) return explain(failure.error, certificate, times);
  if (
    !content.bundle.verificationMaterial.tlogEntries.every((entry) => namesCertificate(entry.canonicalizedBody, der))
  ) {
    return unbelieved("LOG_PROOF_INVALID", "its log entry is about a signature by another certificate");
  }
  const identity = identityIn(certificate);
  if (identity === undefined)
    return unbelieved("CERTIFICATE_MALFORMED", "its certificate does not name one issuer and one subject");
  if (identities.some((pattern) => isMeant(pattern, identity))) return { signatory: identity, time: earliest(times) };
  return unbelieved(
    "IDENTITY_UNTRUSTED",
    `it was signed by ${identity.subject}, of ${identity.issuer}, who is not trusted here`,
  );
}

/** The first reason why a content does not hold in any of the ways in which it may have been stamped. */
function failureOf(verifier: Verifier, content: SignedContent): { readonly error: unknown } | undefined {
  let first: { readonly error: unknown } | undefined;
  try {
    for (const entity of entitiesOf(content)) {
      try {
        verifier.verify(entity);
        return undefined;
      } catch (error) {
        first ??= { error };
      }
    }
  } catch (error) {
    // What the library's parsers choke on.
    first ??= { error };
  }
  return first;
}

/** Without a log in the trusted root, entries of one prove nothing, and are not asked to. */
function withKnownProof(signed: SignedContent, root: TrustedRoot): SignedContent {
  if (root.tlogs.length > 0) return signed;
  const { bundle } = signed;
  const verificationMaterial = { ...bundle.verificationMaterial, tlogEntries: [] };
  return { ...signed, bundle: { ...bundle, verificationMaterial } };
}

const codeSigning = "1.3.6.1.5.5.7.3.3";

/** An authority may also issue certificates for servers and mail; those sign no releases (RFC 5280, 4.2.1.12). */
function maySign(der: Buffer, parsed: X509Certificate): boolean {
  try {
    const { extKeyUsage, extBasicConstraints } = parsed;
    const certificate = new NodeCertificate(der);
    const signs = extKeyUsage === undefined || extKeyUsage.digitalSignature;
    // Node calls one an authority only when its key may also sign certificates.
    const authority = certificate.ca || extBasicConstraints?.isCA === true;
    return signs && !authority && certificate.keyUsage?.includes(codeSigning) === true;
  } catch {
    return false;
  }
}

/** Times that the bundle offers; all of them are proven once it is verified as a whole. */
function offeredTimes({ bundle }: SignedContent): readonly ProvenTime[] {
  const { tlogEntries, timestampVerificationData } = bundle.verificationMaterial;
  const stamped = (timestampVerificationData?.rfc3161Timestamps ?? []).flatMap(({ signedTimestamp }): ProvenTime[] => {
    try {
      const at = RFC3161Timestamp.parse(Buffer.from(signedTimestamp)).signingTime;
      return [{ at, by: "timestamp authority" }];
    } catch {
      // Refused when it is verified; until then it is not known what it says.
      return [{ at: new Date(Number.NaN), by: "timestamp authority" }];
    }
  });
  const logged = tlogEntries.flatMap(({ inclusionPromise, integratedTime }): ProvenTime[] =>
    inclusionPromise === undefined || integratedTime === "0"
      ? []
      : [{ at: new Date(Number(integratedTime) * 1000), by: "transparency log" }],
  );
  return [...stamped, ...logged];
}

function parseCertificate(der: Buffer<ArrayBuffer>): X509Certificate | undefined {
  try {
    const certificate = X509Certificate.parse(der);
    // Reads what is read of it later on, which the parser leaves until then, and nothing that follows it.
    const { notBefore, notAfter, extensions } = certificate;
    for (const one of extensions) one.subs[0]?.toOID();
    const whole = certificate.root.toDER().equals(der);
    return whole && !Number.isNaN(notBefore.getTime() + notAfter.getTime()) ? certificate : undefined;
  } catch {
    return undefined;
  }
}

/** The type of a key that is not of the one kind which every verifier can check; undefined when it is. */
function keyProblem(certificate: X509Certificate): string | undefined {
  try {
    const key = createPublicKey({ key: certificate.publicKey, format: "der", type: "spki" });
    const curve = key.asymmetricKeyDetails?.namedCurve;
    if (key.asymmetricKeyType === "ec" && curve === "prime256v1") return undefined;
    return [key.asymmetricKeyType, curve].filter((part) => part !== undefined).join(" ");
  } catch {
    return "unknown";
  }
}
