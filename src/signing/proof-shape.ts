import type { Bundle } from "@sigstore/bundle";

/** Far more than any signer adds; each one is verified, and anybody may add some to a bundle of somebody else. */
const mostProofs = 16;
/** Certificates and timestamps have some kilobytes. Readers of DER take long for the long numbers that larger ones hold. */
const mostDerBytes = 32 * 1024;
const mostCheckpointLength = 64 * 1024;
/** A tree of 2^64 leaves has no longer path. */
const mostHashes = 64;

/**
 * Why what a bundle offers as proof is not even looked at, as a clause; undefined when it may be. Nothing in it is under
 * a signature, so that it is what somebody would enlarge to exhaust a verifier.
 */
export function proofProblem({ verificationMaterial }: Bundle): string | undefined {
  const { content, tlogEntries, timestampVerificationData } = verificationMaterial;
  const stamps = timestampVerificationData?.rfc3161Timestamps ?? [];
  if (stamps.length > mostProofs) return `it has ${stamps.length} timestamps; ${mostProofs} are examined at most`;
  if (tlogEntries.length > mostProofs) {
    return `it has ${tlogEntries.length} log entries; ${mostProofs} are examined at most`;
  }
  if (content.$case === "certificate" && content.certificate.rawBytes.length > mostDerBytes) {
    return `its certificate has more than ${mostDerBytes} bytes`;
  }
  if (stamps.some(({ signedTimestamp }) => signedTimestamp.length > mostDerBytes)) {
    return `its timestamp has more than ${mostDerBytes} bytes`;
  }
  return tlogEntries.every(isBounded) ? undefined : "the numbers of its log entry are not numbers of a log";
}

function isBounded({
  logIndex,
  integratedTime,
  inclusionProof,
}: Bundle["verificationMaterial"]["tlogEntries"][number]): boolean {
  if (!isCount(logIndex) || !/^(0|[1-9]\d{0,10})$/.test(integratedTime)) return false;
  if (inclusionProof === undefined) return true;
  const { logIndex: index, treeSize, hashes, checkpoint } = inclusionProof;
  return (
    isCount(index) &&
    isCount(treeSize) &&
    hashes.length <= mostHashes &&
    (checkpoint?.envelope.length ?? 0) <= mostCheckpointLength
  );
}

function isCount(text: string): boolean {
  return /^(0|[1-9]\d{0,18})$/.test(text);
}
