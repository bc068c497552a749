import { createHash, type KeyObject, sign } from "node:crypto";
import {
  Attribute,
  CertificateChoices,
  CertificateSet,
  CMSVersion,
  DigestAlgorithmIdentifiers,
  EncapsulatedContent,
  EncapsulatedContentInfo,
  IssuerAndSerialNumber,
  id_contentType,
  id_messageDigest,
  id_signedData,
  SignedData,
  SignerIdentifier,
  SignerInfo,
  SignerInfos,
} from "@peculiar/asn1-cms";
import { AsnConvert, OctetString } from "@peculiar/asn1-schema";
import {
  id_ct_tstInfo,
  MessageImprint,
  PKIStatus,
  PKIStatusInfo,
  TimeStampResp,
  TimeStampToken,
  TSTInfo,
  TSTInfoVersion,
} from "@peculiar/asn1-tsp";
import { AlgorithmIdentifier, Certificate, id_kp_timeStamping, KeyUsageFlags } from "@peculiar/asn1-x509";
import { fromBER, ObjectIdentifier, OctetString as Octets, Sequence, Set as SetOf } from "asn1js";
import { certificate, der, ecdsaWithSha256, nameOf, serialNumber, toArrayBuffer } from "./certificate.ts";
import { authorityChain, keyUsage, newKey, usesOf } from "./certificate-authority.ts";

export const sha256Oid = "2.16.840.1.101.3.4.2.1";
/** RFC 5035, 3. */
const signingCertificateV2 = "1.2.840.113549.1.9.16.2.47";
const year = 365 * 24 * 3_600_000;

/** What a stamp says besides the time. */
export interface StampOptions {
  /** The request's: the content of an INTEGER. */
  readonly nonce?: ArrayBuffer | undefined;
  /** SHA-256 that is stamped in place of the signature's own. */
  readonly digest?: Uint8Array;
  /** Whether the certificates come along, as they do by default. */
  readonly certificates?: boolean;
  /** Signs in place of the authority's key: a forgery. */
  readonly key?: KeyObject;
}

export interface TimestampAuthority {
  /** DER: what signs stamps first, the root last. */
  readonly chain: readonly Buffer[];
  /**
   * A stamp of SHA-256 over a signature (RFC 3161).
   * @param at whole seconds count
   * @returns TimeStampResp in DER, as bundles carry it
   */
  stamp(signature: Uint8Array, at: Date, options?: StampOptions): Buffer;
}

/** @param at when it exists; its certificates are valid for years around */
export function timestampAuthority(at: Date): TimestampAuthority {
  const own = newKey("P-256");
  const above = authorityChain(at, "tsa", [id_kp_timeStamping]);
  const leaf = certificate(
    {
      subject: nameOf("tsa"),
      publicKey: own.publicKey,
      notBefore: new Date(at.getTime() - year),
      notAfter: new Date(at.getTime() + 8 * year),
      extensions: [keyUsage(KeyUsageFlags.digitalSignature), usesOf([id_kp_timeStamping], true)],
    },
    above.signer,
  );
  const chain = [leaf, ...above.chain];
  return {
    chain,
    stamp(signature, when, { nonce, digest, certificates = true, key = own.privateKey } = {}) {
      const info = new TSTInfo({
        version: TSTInfoVersion.v1,
        policy: "1.3.6.1.4.1.57264.2",
        messageImprint: new MessageImprint({
          hashAlgorithm: new AlgorithmIdentifier({ algorithm: sha256Oid, parameters: null }),
          hashedMessage: new OctetString(digest ?? sha256(signature)),
        }),
        serialNumber: toArrayBuffer(serialNumber()),
        genTime: new Date(Math.floor(when.getTime() / 1000) * 1000),
        ...(nonce && { nonce }),
      });
      return granted(signedData(der(info), chain, key, certificates));
    },
  };
}

/** A TimeStampResp that refuses. */
export function refusedStamp(): Buffer {
  return der(new TimeStampResp({ status: new PKIStatusInfo({ status: PKIStatus.rejection }) }));
}

function granted(data: SignedData): Buffer {
  return der(
    new TimeStampResp({
      status: new PKIStatusInfo({ status: PKIStatus.granted }),
      timeStampToken: new TimeStampToken({ contentType: id_signedData, content: AsnConvert.serialize(data) }),
    }),
  );
}

/** RFC 5652, 5. */
function signedData(content: Buffer, chain: readonly Buffer[], key: KeyObject, withCertificates: boolean): SignedData {
  const [leaf] = chain;
  if (leaf === undefined) throw new Error("no certificate");
  const { issuer, serialNumber: serial } = AsnConvert.parse(leaf, Certificate).tbsCertificate;
  const digestAlgorithm = new AlgorithmIdentifier({ algorithm: sha256Oid });
  const signedAttrs = [
    attribute(id_contentType, Buffer.from(new ObjectIdentifier({ value: id_ct_tstInfo }).toBER())),
    attribute(id_messageDigest, der(new OctetString(sha256(content)))),
    attribute(signingCertificateV2, signingCertificate(leaf)),
  ];
  const signer = new SignerInfo({
    version: CMSVersion.v1,
    sid: new SignerIdentifier({
      issuerAndSerialNumber: new IssuerAndSerialNumber({ issuer, serialNumber: serial }),
    }),
    digestAlgorithm,
    signedAttrs,
    signatureAlgorithm: new AlgorithmIdentifier({ algorithm: ecdsaWithSha256 }),
    signature: new OctetString(sign("sha256", setOf(signedAttrs.map(der)), key)),
  });
  return new SignedData({
    version: CMSVersion.v3,
    digestAlgorithms: new DigestAlgorithmIdentifiers([digestAlgorithm]),
    encapContentInfo: new EncapsulatedContentInfo({
      eContentType: id_ct_tstInfo,
      eContent: new EncapsulatedContent({ single: new OctetString(content) }),
    }),
    ...(withCertificates && {
      certificates: new CertificateSet(
        chain.map((each) => new CertificateChoices({ certificate: AsnConvert.parse(each, Certificate) })),
      ),
    }),
    signerInfos: new SignerInfos([signer]),
  });
}

function attribute(attrType: string, value: Buffer): Attribute {
  return new Attribute({ attrType, attrValues: [toArrayBuffer(value)] });
}

/** ESSCertIDv2 with the default of SHA-256, in its lists (RFC 5035, 3). */
function signingCertificate(leaf: Buffer): Buffer {
  const hash = new Octets({ valueHex: toArrayBuffer(sha256(leaf)) });
  const id = new Sequence({ value: [hash] });
  return Buffer.from(new Sequence({ value: [new Sequence({ value: [id] })] }).toBER());
}

/** What is signed of attributes (RFC 5652, 5.4); they are given in DER's order, the shortest first. */
function setOf(parts: readonly Buffer[]): Buffer {
  return Buffer.from(new SetOf({ value: parts.map((part) => fromBER(part).result) }).toBER());
}

function sha256(bytes: Uint8Array): Buffer {
  return createHash("sha256").update(bytes).digest();
}
