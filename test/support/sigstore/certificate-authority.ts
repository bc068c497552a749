import { createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import {
  BasicConstraints,
  ExtendedKeyUsage,
  type Extension,
  GeneralName,
  id_ce_basicConstraints,
  id_ce_extKeyUsage,
  id_ce_keyUsage,
  id_ce_subjectAltName,
  id_kp_codeSigning,
  KeyUsage,
  KeyUsageFlags,
  type Name,
  SubjectAlternativeName,
} from "@peculiar/asn1-x509";
import { Utf8String } from "asn1js";
import { type CertificateSigner, certificate, der, extension, nameOf } from "./certificate.ts";

const minute = 60_000;
const year = 365 * 24 * 60 * minute;

/** What a certificate for a signer says (Fulcio, docs/oid-info.md). */
interface LeafFacts {
  readonly subject: { readonly uri: string } | { readonly email: string };
  /** Of the identity token. */
  readonly issuer: string;
  /** Fulcio's other extensions, by the last number of 1.3.6.1.4.1.57264.1.9 and following. */
  readonly claims?: Readonly<Record<number, string>>;
  /** The signer's own; otherwise one of this kind is made. */
  readonly publicKey?: KeyObject;
  readonly kind?: KeyKind;
  /** Middle of the ten minutes that it is valid, unless both ends are said. */
  readonly at?: Date;
  readonly notBefore?: Date;
  readonly notAfter?: Date;
  /** What the key is for, in place of signing code. */
  readonly eku?: readonly string[];
  /** Says that the leaf may sign certificates. */
  readonly isCa?: boolean;
  /** Replaces extensions. */
  readonly altered?: (usual: readonly Extension[]) => readonly Extension[];
  /** Signs in place of the authority whose name the certificate bears: a forgery. */
  readonly ca?: CertificateAuthority;
}

export type KeyKind = "P-256" | "P-384" | "rsa";

interface Issued {
  /** Undefined for a key that was given. */
  readonly key: KeyObject | undefined;
  /** DER. */
  readonly certificate: Buffer;
  /** DER: what signed it first, the root last. */
  readonly chain: readonly Buffer[];
}

export interface CertificateAuthority {
  /** DER: what signs leaves first, the root last. */
  readonly chain: readonly Buffer[];
  readonly signer: CertificateSigner;
  issue(facts: LeafFacts): Issued;
}

/** An authority with a root and one certificate between it and the leaves, as Fulcio has. @param at when it exists */
export function certificateAuthority(at: Date, label = "fulcio"): CertificateAuthority {
  const { signer, chain } = authorityChain(at, label, [id_kp_codeSigning]);
  const issuerKey = createPublicKey(signer.key);
  return {
    chain,
    signer,
    issue(facts) {
      const made = facts.publicKey === undefined ? newKey(facts.kind ?? "P-256") : undefined;
      const publicKey = facts.publicKey ?? made?.publicKey;
      if (publicKey === undefined) throw new Error("no key");
      const middle = (facts.at ?? at).getTime();
      const leaf = certificate(
        {
          subject: nameOf(undefined),
          publicKey,
          notBefore: facts.notBefore ?? new Date(middle - 5 * minute),
          notAfter: facts.notAfter ?? new Date(middle + 5 * minute),
          extensions: (facts.altered ?? ((usual) => usual))(leafExtensions(facts)),
        },
        { key: facts.ca?.signer.key ?? signer.key, name: signer.name },
        issuerKey,
      );
      return { key: made?.privateKey, certificate: leaf, chain };
    },
  };
}

/** A root, and below it what signs leaves of the given uses. */
export function authorityChain(
  at: Date,
  label: string,
  uses: readonly string[],
): { readonly signer: CertificateSigner; readonly chain: readonly Buffer[] } {
  const [root, between] = [newKey("P-256"), newKey("P-256")];
  const names = { root: nameOf(`${label} root`), between: nameOf(`${label} intermediate`) };
  const validity = { notBefore: new Date(at.getTime() - year), notAfter: new Date(at.getTime() + 9 * year) };
  const signed = (subject: Name, publicKey: KeyObject, extensions: readonly Extension[]) =>
    certificate({ subject, publicKey, ...validity, extensions }, { key: root.privateKey, name: names.root });
  const ca = (pathLenConstraint: number) => [
    constraints(true, pathLenConstraint),
    keyUsage(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign),
  ];
  return {
    signer: { key: between.privateKey, name: names.between },
    chain: [
      signed(names.between, between.publicKey, [...ca(0), usesOf(uses)]),
      signed(names.root, root.publicKey, ca(1)),
    ],
  };
}

export function newKey(kind: KeyKind): { readonly publicKey: KeyObject; readonly privateKey: KeyObject } {
  if (kind === "rsa") return generateKeyPairSync("rsa", { modulusLength: 2048 });
  return generateKeyPairSync("ec", { namedCurve: kind });
}

export function keyUsage(flags: KeyUsageFlags): Extension {
  return extension(id_ce_keyUsage, der(new KeyUsage(flags)), true);
}

export function usesOf(uses: readonly string[], critical = false): Extension {
  return extension(id_ce_extKeyUsage, der(new ExtendedKeyUsage([...uses])), critical);
}

function constraints(cA: boolean, pathLenConstraint?: number): Extension {
  const value = new BasicConstraints(pathLenConstraint === undefined ? { cA } : { cA, pathLenConstraint });
  return extension(id_ce_basicConstraints, der(value), true);
}

function leafExtensions({ subject, issuer, claims = {}, eku = [id_kp_codeSigning], isCa }: LeafFacts): Extension[] {
  const name =
    "uri" in subject
      ? new GeneralName({ uniformResourceIdentifier: subject.uri })
      : new GeneralName({ rfc822Name: subject.email });
  const fulcio = (last: number) => `1.3.6.1.4.1.57264.1.${last}`;
  return [
    keyUsage(KeyUsageFlags.digitalSignature),
    usesOf(eku),
    ...(isCa ? [constraints(true)] : []),
    extension(id_ce_subjectAltName, der(new SubjectAlternativeName([name])), true),
    // The first one is older than the rule that values are DER.
    extension(fulcio(1), Buffer.from(issuer)),
    extension(fulcio(8), utf8(issuer)),
    ...Object.entries(claims).map(([last, value]) => extension(fulcio(Number(last)), utf8(value))),
  ];
}

function utf8(value: string): Buffer {
  return Buffer.from(new Utf8String({ value }).toBER());
}
