import { createHash } from "node:crypto";
import { ASN1Obj, type X509Certificate } from "@sigstore/core";

/** What a certificate of Fulcio's says about the run that asked for it, besides issuer and subject. */
export interface Claims {
  /** URI of the source repository, such as `https://github.com/acme/models`. */
  readonly repository?: string;
  /** Git reference that the run was started for. */
  readonly ref?: string;
  /** Commit that the run was started for. */
  readonly commit?: string;
  /** URI of the workflow that signed, with its reference; of a reusable workflow its own. */
  readonly workflow?: string;
  /** GitHub environment that the job was let into. */
  readonly environment?: string;
  /** What started the run, such as `push`. */
  readonly trigger?: string;
  /** `github-hosted` or `self-hosted`. */
  readonly runner?: string;
  /** URI of the run. */
  readonly run?: string;
}

/** Whom a certificate names. */
export interface CertifiedIdentity {
  readonly kind: "identity";
  /** Lower-case hexadecimal SHA-256 of issuer and subject; what links and reports call the signer. */
  readonly fingerprint: string;
  /** URL of the OpenID Connect issuer that vouched for the subject. */
  readonly issuer: string;
  /** The certificate's only subject alternative name: a URI or an e-mail address. */
  readonly subject: string;
  readonly claims: Claims;
}

/** Object identifiers of Fulcio's extensions, below 1.3.6.1.4.1.57264.1 (fulcio, docs/oid-info.md). */
const arc = "1.3.6.1.4.1.57264.1";
const issuerOid = `${arc}.8`;
/** The issuer of certificates older than 2023: the bare text, not a DER string. */
const oldIssuerOid = `${arc}.1`;
const claimOids: Readonly<Record<keyof Claims, string>> = {
  workflow: `${arc}.9`,
  runner: `${arc}.11`,
  repository: `${arc}.12`,
  commit: `${arc}.13`,
  ref: `${arc}.14`,
  trigger: `${arc}.20`,
  run: `${arc}.21`,
  environment: `${arc}.23`,
};

/**
 * Reads whom a certificate names; undefined when it names no issuer or no subject, or in a way in which readers may
 * find another one: two of them, or bytes that are no text. Who issued it is not asked here.
 */
export function identityIn(certificate: X509Certificate): CertifiedIdentity | undefined {
  const issuer = issuerIn(certificate);
  const subject = subjectIn(certificate);
  if (issuer === undefined || issuer === "" || subject === undefined) return undefined;
  const claims: Record<string, string> = {};
  for (const [name, oid] of Object.entries(claimOids)) {
    const value = derText(certificate, oid);
    if (value !== undefined) claims[name] = value;
  }
  return { kind: "identity", fingerprint: identityFingerprint(issuer, subject), issuer, subject, claims };
}

/** The name of an identity where one line of hexadecimal digits is wanted, as a key's fingerprint is. */
export function identityFingerprint(issuer: string, subject: string): string {
  return createHash("sha256")
    .update(JSON.stringify([issuer, subject]))
    .digest("hex");
}

/** Both extensions say the same where both are there. */
function issuerIn(certificate: X509Certificate): string | undefined {
  const [now, old] = [certificate.extension(issuerOid), certificate.extension(oldIssuerOid)];
  if (now === undefined) return bareText(certificate, oldIssuerOid);
  const issuer = derText(certificate, issuerOid);
  return old === undefined || bareText(certificate, oldIssuerOid) === issuer ? issuer : undefined;
}

/** GeneralName of RFC 5280, 4.2.1.6. */
const generalName = { email: 0x01, uri: 0x06 } as const;

/** The library would take the first URI among several names, and clear the highest bit of each byte. */
function subjectIn(certificate: X509Certificate): string | undefined {
  try {
    const [list] = certificate.extSubjectAltName?.valueObj.subs ?? [];
    const [name, ...others] = list?.subs ?? [];
    if (name === undefined || others.length > 0) return undefined;
    if (!name.tag.isContextSpecific(generalName.uri) && !name.tag.isContextSpecific(generalName.email))
      return undefined;
    const text = name.value.toString("latin1");
    return /^[\x21-\x7e]+$/.test(text) ? text : undefined;
  } catch {
    return undefined;
  }
}

const utf8String = 0x0c;

function derText(certificate: X509Certificate, oid: string): string | undefined {
  const value = certificate.extension(oid)?.value;
  if (value === undefined) return undefined;
  try {
    const der = Buffer.from(value);
    const parsed = ASN1Obj.parseBuffer(der);
    // Nothing may follow the string.
    return parsed.toDER().equals(der) && parsed.tag.number === utf8String && parsed.tag.isUniversal()
      ? textOf(parsed.value)
      : undefined;
  } catch {
    return undefined;
  }
}

function bareText(certificate: X509Certificate, oid: string): string | undefined {
  const value = certificate.extension(oid)?.value;
  return value === undefined ? undefined : textOf(value);
}

function textOf(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
