import type { X509Certificate } from "@sigstore/core";
import { VerificationError } from "@sigstore/verify";
import { type Unbelieved, unbelieved } from "../signed-content.ts";
import type { ProvenTime } from "./prove-time.ts";

/** Which check of the library's failed, in words of its own. */
export function explain(error: unknown, certificate: X509Certificate, times: readonly ProvenTime[]): Unbelieved {
  const code = error instanceof VerificationError ? error.code : undefined;
  switch (code) {
    case "TIMESTAMP_ERROR":
      return unbelieved("TIMESTAMP_INVALID", "its timestamp is not one of this signature by a trusted authority");
    case "CERTIFICATE_ERROR":
      return explainCertificate(error, certificate, times);
    case "TLOG_BODY_ERROR":
    case "TLOG_ERROR":
    case "TLOG_INCLUSION_PROMISE_ERROR":
    case "TLOG_INCLUSION_PROOF_ERROR":
    case "TLOG_MISSING_INCLUSION_ERROR":
      return unbelieved("LOG_PROOF_INVALID", "the proof that it was recorded in a log does not hold");
    case "SIGNATURE_ERROR":
      return unbelieved(
        "PAYLOAD_ALTERED",
        "the signature of its certificate does not hold: what was signed was altered",
      );
    default:
      if (times.some(({ at }) => Number.isNaN(at.getTime()))) {
        return unbelieved("TIMESTAMP_INVALID", "its timestamp cannot be read");
      }
      // What the parsers of the library choke on.
      return unbelieved("BUNDLE_MALFORMED", "its proof cannot be read");
  }
}

function explainCertificate(error: unknown, { notBefore, notAfter }: X509Certificate, times: readonly ProvenTime[]) {
  if (error instanceof VerificationError && /SCT/.test(error.message)) {
    return unbelieved("CERTIFICATE_UNLOGGED", "its certificate has no proof of a trusted certificate log");
  }
  const late = times.find(({ at }) => at > notAfter);
  if (late !== undefined) {
    return unbelieved(
      "CERTIFICATE_EXPIRED",
      `it was signed by ${late.at.toISOString()}, and its certificate ended on ${notAfter.toISOString()}`,
    );
  }
  const early = times.find(({ at }) => at < notBefore);
  if (early !== undefined) {
    return unbelieved(
      "CERTIFICATE_NOT_YET_VALID",
      `it was signed before ${early.at.toISOString()}, and its certificate began on ${notBefore.toISOString()}`,
    );
  }
  return unbelieved("CERTIFICATE_FOREIGN", "its certificate was not issued by a trusted authority");
}
