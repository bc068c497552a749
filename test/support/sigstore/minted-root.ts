import type { CertificateAuthority } from "./certificate-authority.ts";
import type { TimestampAuthority } from "./timestamp-authority.ts";
import type { TransparencyLog } from "./transparency-log.ts";

/** When a part of a trusted root is trusted; without an end, for good. */
export interface Period {
  readonly start: Date;
  readonly end?: Date;
}

/** What a trusted root names. What is left out is not trusted. */
export interface TrustedParts {
  readonly fulcio?: Pick<CertificateAuthority, "chain">;
  readonly timestamps?: Pick<TimestampAuthority, "chain">;
  readonly log?: Pick<TransparencyLog, "url" | "keyId" | "publicKey">;
}

/** A trusted root in JSON (protobuf-specs, sigstore_trustroot.proto). */
export function mintedRoot(
  { fulcio, timestamps, log }: TrustedParts,
  periods: Readonly<Record<keyof TrustedParts, Period>>,
): object {
  return {
    mediaType: "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
    tlogs: log === undefined ? [] : [logOf(log, periods.log)],
    certificateAuthorities: fulcio === undefined ? [] : [authorityOf("fulcio", fulcio.chain, periods.fulcio)],
    ctlogs: [],
    timestampAuthorities: timestamps === undefined ? [] : [authorityOf("tsa", timestamps.chain, periods.timestamps)],
  };
}

function authorityOf(name: string, chain: readonly Buffer[], period: Period): object {
  return {
    subject: { organization: "sigstore.test", commonName: name },
    uri: `https://${name}.sigstore.test`,
    certChain: { certificates: chain.map((each) => ({ rawBytes: each.toString("base64") })) },
    validFor: writtenPeriod(period),
  };
}

function logOf({ url, keyId, publicKey }: NonNullable<TrustedParts["log"]>, period: Period): object {
  return {
    baseUrl: url,
    hashAlgorithm: "SHA2_256",
    publicKey: {
      rawBytes: publicKey.toString("base64"),
      keyDetails: "PKIX_ECDSA_P256_SHA_256",
      validFor: writtenPeriod(period),
    },
    logId: { keyId: keyId.toString("base64") },
  };
}

function writtenPeriod({ start, end }: Period): object {
  return { start: start.toISOString(), ...(end && { end: end.toISOString() }) };
}
