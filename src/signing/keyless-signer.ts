import { createPublicKey, sign } from "node:crypto";
import { X509Certificate } from "@sigstore/core";
import type { TrustedRoot } from "@sigstore/protobuf-specs";
import { signingError } from "./errors.ts";
import { bytesToSign } from "./key-signer.ts";
import { requestCertificate, type SigningService } from "./keyless/index.ts";
import type { StatementSigner, Witness } from "./signer.ts";
import { type CertifiedIdentity, identityIn } from "./trust/certified-identity.ts";

type Certified = Awaited<ReturnType<typeof requestCertificate>>;

export interface KeylessOptions {
  readonly fulcio: URL;
  /** A new identity token each time; it is shown to the authority and to nobody else. */
  readonly token: () => Promise<string>;
  readonly service: SigningService;
  /** Who vouches for the time: without one nobody could verify the signatures for longer than some minutes. */
  readonly witness: Witness;
  /** Authorities by which what was signed is verified before it is attached; undefined to leave that to others. */
  readonly root: TrustedRoot | undefined;
  readonly now: () => Date;
}

/** A certificate with less left is replaced: what is signed has to be stamped while it is valid. */
const spareMs = 2 * 60_000;

/**
 * Signs with keys that are made for the purpose and certified for whom an identity token names (Fulcio). One certificate
 * signs everything while it is valid; afterwards there is another, which has to name the same identity.
 *
 * @throws SlipwayError what `requestCertificate` throws; CERTIFICATE_UNUSABLE
 */
export async function keylessSigner(options: KeylessOptions): Promise<StatementSigner> {
  const { witness, root, now } = options;
  let current = await certify(options);
  const { signatory } = current;
  const renewed = async (): Promise<Certified> => {
    if (current.certified.notAfter.getTime() - now().getTime() > spareMs) return current.certified;
    const next = await certify(options);
    // Not kept: another attempt must not sign as somebody else either.
    if (next.signatory.fingerprint !== signatory.fingerprint) {
      throw unusable(`names ${next.signatory.subject} where the one before named ${signatory.subject}`);
    }
    current = next;
    return current.certified;
  };
  const { issuer, subject } = signatory;
  return {
    signatory,
    recognises: { keys: [], identities: [{ issuer, subject, claims: {} }], root },
    stamp: witness.stamp,
    async sign(content) {
      const { key, certificate, chain } = await renewed();
      const signature = sign("sha256", bytesToSign(content), key);
      const maker = { kind: "certificate", certificate, chain } as const;
      const publicKey = createPublicKey(key).export({ type: "spki", format: "der" });
      const proof = await witness.testify(content, { signature, maker, publicKey });
      return { signature, maker, ...proof };
    },
  };
}

async function certify({ fulcio, token, service }: KeylessOptions) {
  const certified = await requestCertificate({ fulcio, token: await token(), service });
  const signatory: CertifiedIdentity | undefined = identityIn(
    X509Certificate.parse(Buffer.from(certified.certificate)),
  );
  if (signatory === undefined) throw unusable("names nobody");
  return { certified, signatory };
}

function unusable(what: string) {
  return signingError("CERTIFICATE_UNUSABLE", `the certificate that the authority issued ${what}`);
}
