import { createHash, createPublicKey, type KeyObject, randomBytes, sign } from "node:crypto";
import { AsnConvert, OctetString } from "@peculiar/asn1-schema";
import {
  AlgorithmIdentifier,
  AttributeTypeAndValue,
  AttributeValue,
  AuthorityKeyIdentifier,
  Certificate,
  Extension,
  Extensions,
  id_ce_authorityKeyIdentifier,
  id_ce_subjectKeyIdentifier,
  KeyIdentifier,
  Name,
  RelativeDistinguishedName,
  SubjectKeyIdentifier,
  SubjectPublicKeyInfo,
  TBSCertificate,
  Validity,
  Version,
} from "@peculiar/asn1-x509";

/** ecdsa-with-SHA256 (RFC 5758, 3.2). */
export const ecdsaWithSha256 = "1.2.840.10045.4.3.2";

/** Who signs a certificate: a P-256 key and the name that it goes by. Without a name, the subject signs itself. */
export interface CertificateSigner {
  readonly key: KeyObject;
  readonly name: Name;
}

/** What a certificate says. */
export interface CertificateFacts {
  readonly subject: Name;
  readonly publicKey: KeyObject;
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** Besides the two that name the keys. */
  readonly extensions: readonly Extension[];
}

/**
 * A certificate (RFC 5280), signed with ECDSA and SHA-256.
 *
 * @param named the key that the certificate says it was signed with, where that is not the one that signs
 * @returns DER
 */
export function certificate(
  facts: CertificateFacts,
  signer: CertificateSigner,
  named: KeyObject = createPublicKey(signer.key),
): Buffer {
  const signatureAlgorithm = new AlgorithmIdentifier({ algorithm: ecdsaWithSha256 });
  const tbsCertificate = new TBSCertificate({
    version: Version.v3,
    serialNumber: toArrayBuffer(serialNumber()),
    signature: signatureAlgorithm,
    issuer: signer.name,
    validity: new Validity({ notBefore: facts.notBefore, notAfter: facts.notAfter }),
    subject: facts.subject,
    subjectPublicKeyInfo: AsnConvert.parse(spki(facts.publicKey), SubjectPublicKeyInfo),
    extensions: new Extensions([
      ...facts.extensions,
      extension(id_ce_subjectKeyIdentifier, der(new SubjectKeyIdentifier(keyIdentifier(facts.publicKey)))),
      extension(
        id_ce_authorityKeyIdentifier,
        der(new AuthorityKeyIdentifier({ keyIdentifier: new KeyIdentifier(keyIdentifier(named)) })),
      ),
    ]),
  });
  const signatureValue = toArrayBuffer(sign("sha256", der(tbsCertificate), signer.key));
  return der(new Certificate({ tbsCertificate, signatureAlgorithm, signatureValue }));
}

export function extension(extnID: string, value: Uint8Array, critical = false): Extension {
  return new Extension({ extnID, critical, extnValue: new OctetString(value) });
}

/** `O=sigstore.test, CN=…`; undefined for a name that says nothing, as in Fulcio's leaves. */
export function nameOf(commonName: string | undefined): Name {
  if (commonName === undefined) return new Name();
  const parts = { "2.5.4.10": "sigstore.test", "2.5.4.3": commonName };
  return new Name(
    Object.entries(parts).map(([type, utf8String]) => {
      const value = new AttributeValue({ utf8String });
      return new RelativeDistinguishedName([new AttributeTypeAndValue({ type, value })]);
    }),
  );
}

/** An ASN.1 value of the library as bytes. */
export function der(value: unknown): Buffer {
  return Buffer.from(AsnConvert.serialize(value));
}

export function spki(key: KeyObject): Buffer {
  return key.export({ type: "spki", format: "der" });
}

export function toArrayBuffer(bytes: Uint8Array): ArrayBuffer {
  return new Uint8Array(bytes).buffer;
}

/** Positive, and in the shortest form of DER. */
export function serialNumber(): Buffer {
  return Buffer.concat([Buffer.of(0x2a), randomBytes(15)]);
}

function keyIdentifier(key: KeyObject): ArrayBuffer {
  return toArrayBuffer(createHash("sha1").update(spki(key)).digest());
}
