import { X509Certificate } from "node:crypto";
import type { CertificateAuthority } from "@sigstore/protobuf-specs";
import type { Period } from "./period.ts";

/** What an authority of a trusted root certifies. */
export type AuthorityKind = "certificates" | "timestamps";

const timeStamping = "1.3.6.1.5.5.7.3.8";

/** The certificates of an authority: what signs first, its root last. They were read once when the root was. */
export function certificatesOf({ certChain }: CertificateAuthority): readonly X509Certificate[] {
  return (certChain?.certificates ?? []).map(({ rawBytes }) => new X509Certificate(rawBytes));
}

/**
 * Why nothing can be verified by a chain, as a clause; undefined when it is whole: each certificate issued by the next,
 * the last by itself, as Slipway's verifier wants it (RFC 5280, 6.1), and each for what it is there for. Times are not
 * looked at.
 */
export function chainProblem(chain: readonly X509Certificate[], kind: AuthorityKind): string | undefined {
  const root = chain.at(-1);
  if (root === undefined) return "has no certificate";
  const above = kind === "timestamps" ? chain.slice(1) : chain;
  if (above.length === 0) return "has no certificate above the one that signs stamps";
  for (const [at, certificate] of chain.entries()) {
    const issuer = chain[at + 1] ?? certificate;
    if (certificate.issuer === issuer.subject && certificate.verify(issuer.publicKey)) continue;
    return issuer === certificate
      ? "does not end with a root: its last certificate was issued by somebody else"
      : `is not a chain: certificate ${at + 2} did not issue certificate ${at + 1}`;
  }
  if (!above.every(({ ca }) => ca)) return "has a certificate above the first that may not issue certificates";
  if (kind === "timestamps" && chain[0]?.keyUsage?.includes(timeStamping) !== true) {
    return "has a first certificate that is not one for time stamps";
  }
  return undefined;
}

/** When all certificates of a chain are valid at the same time, and the trusted root wants it: first and last moment. */
export function periodOf(chain: readonly X509Certificate[], validFor: CertificateAuthority["validFor"]): Period {
  const starts = [validFor?.start, ...chain.map(({ validFromDate }) => validFromDate)];
  const ends = [validFor?.end, ...chain.map(({ validToDate }) => validToDate)];
  const times = (dates: readonly (Date | undefined)[]) => dates.flatMap((date) => (date ? [date.getTime()] : []));
  const [from, until] = [Math.max(...times(starts)), Math.min(...times(ends))];
  return {
    from: Number.isFinite(from) ? new Date(from) : undefined,
    until: Number.isFinite(until) ? new Date(until) : undefined,
  };
}
