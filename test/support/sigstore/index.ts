// A Sigstore in this process, for tests: it mints certificates, stamps, log entries and trusted roots, good and bad. No
// network, no other process; servers that speak for its parts over HTTP lie beside it.

import { type CertificateAuthority, certificateAuthority } from "./certificate-authority.ts";
import { mintedRoot, type Period, type TrustedParts } from "./minted-root.ts";
import { type TimestampAuthority, timestampAuthority } from "./timestamp-authority.ts";
import { type TransparencyLog, transparencyLog } from "./transparency-log.ts";

export interface Sigstore {
  readonly fulcio: CertificateAuthority;
  readonly timestamps: TimestampAuthority;
  readonly log: TransparencyLog;
  /** JSON for `TrustedRoot.fromJSON`. */
  trustedRoot(options?: TrustedRootOptions): object;
}

export interface TrustedRootOptions {
  /** All three, unless something is said. */
  readonly without?: readonly (keyof TrustedParts)[];
  /** From a year before, for good, unless something is said. */
  readonly periods?: Partial<Record<keyof TrustedParts, Period>>;
}

const year = 365 * 24 * 3_600_000;

/** @param at the time around which its authorities exist, and which leaves are valid at unless they say otherwise */
export function makeSigstore(at: Date = new Date()): Sigstore {
  const [fulcio, timestamps, log] = [certificateAuthority(at), timestampAuthority(at), transparencyLog()];
  const usual: Period = { start: new Date(at.getTime() - year) };
  return {
    fulcio,
    timestamps,
    log,
    trustedRoot({ without = [], periods = {} } = {}) {
      const parts = {
        ...(!without.includes("fulcio") && { fulcio }),
        ...(!without.includes("timestamps") && { timestamps }),
        ...(!without.includes("log") && { log }),
      };
      return mintedRoot(parts, { fulcio: usual, timestamps: usual, log: usual, ...periods });
    },
  };
}
