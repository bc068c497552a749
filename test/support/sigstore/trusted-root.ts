import { createHash, type KeyObject, X509Certificate } from "node:crypto";

/*
 * The two files that clients of Sigstore read, in the JSON of protobuf-specs' `sigstore_trustroot.proto`: whom to trust,
 * and whom to ask.
 */

interface Validity {
  readonly start: string;
  readonly end?: string;
}

export interface TrustedLog {
  readonly baseUrl: string;
  readonly hashAlgorithm: "SHA2_256";
  readonly publicKey: { readonly rawBytes: string; readonly keyDetails: string; readonly validFor: Validity };
  readonly logId: { readonly keyId: string };
}

export interface TrustedAuthority {
  readonly subject: { readonly organization: string; readonly commonName: string };
  readonly uri: string;
  readonly certChain: { readonly certificates: readonly { readonly rawBytes: string }[] };
  readonly validFor: Validity;
}

export interface TrustedRootJson {
  readonly mediaType: "application/vnd.dev.sigstore.trustedroot+json;version=0.1";
  readonly tlogs: readonly TrustedLog[];
  readonly certificateAuthorities: readonly TrustedAuthority[];
  readonly ctlogs: readonly TrustedLog[];
  readonly timestampAuthorities: readonly TrustedAuthority[];
}

/** Where a signer may go; a kind that is left out is not asked. */
export interface SigningServices {
  readonly fulcio?: URL;
  readonly rekor?: { readonly url: URL; readonly version: 1 | 2 };
  readonly timestamps?: URL;
}

/**
 * A log with a P-256 key, valid since yesterday. Its id is the digest of the key, in Rekor v1 and v2 alike; the host
 * name of a v2 log's address must be the origin of its checkpoints, because verifiers take it from there.
 */
export function trustedLog(url: URL, publicKey: KeyObject): TrustedLog {
  const spki = publicKey.export({ type: "spki", format: "der" });
  const yesterday = new Date(Date.now() - 24 * 60 * 60_000).toISOString();
  return {
    baseUrl: addressOf(url),
    hashAlgorithm: "SHA2_256",
    publicKey: {
      rawBytes: spki.toString("base64"),
      keyDetails: "PKIX_ECDSA_P256_SHA_256",
      validFor: { start: yesterday },
    },
    logId: { keyId: createHash("sha256").update(spki).digest("base64") },
  };
}

/** @param chain certificates from the one that signs to the root, in PEM; the root's validity is the authority's */
export function trustedAuthority(url: URL, chain: readonly string[]): TrustedAuthority {
  const certificates = chain.map((pem) => new X509Certificate(pem));
  const root = certificates.at(-1);
  if (root === undefined) throw new Error(`the certificate chain of ${url.href} is empty`);
  return {
    subject: { organization: "slipway.test", commonName: "a test's authority" },
    uri: addressOf(url),
    certChain: { certificates: certificates.map(({ raw }) => ({ rawBytes: raw.toString("base64") })) },
    validFor: { start: root.validFromDate.toISOString(), end: root.validToDate.toISOString() },
  };
}

/** Trusts nobody but those it is given. */
export function trustedRoot(trusted: Partial<Omit<TrustedRootJson, "mediaType">>): TrustedRootJson {
  return {
    mediaType: "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
    tlogs: [],
    certificateAuthorities: [],
    ctlogs: [],
    timestampAuthorities: [],
    ...trusted,
  };
}

/** What cosign takes as `--signing-config`. */
export function signingConfig({ fulcio, rekor, timestamps }: SigningServices): object {
  const services = (url: URL | undefined, majorApiVersion = 1) =>
    url === undefined
      ? []
      : [
          {
            url: addressOf(url),
            majorApiVersion,
            validFor: { start: "2020-01-01T00:00:00Z" },
            operator: "slipway.test",
          },
        ];
  return {
    mediaType: "application/vnd.dev.sigstore.signingconfig.v0.2+json",
    caUrls: services(fulcio),
    rekorTlogUrls: services(rekor?.url, rekor?.version),
    rekorTlogConfig: { selector: "ANY" },
    tsaUrls: services(timestamps),
    tsaConfig: { selector: "ANY" },
  };
}

/** Clients append paths, so an address has no slash at its end. */
function addressOf({ href }: URL): string {
  return href.replace(/\/$/, "");
}
