import type { TransparencyLogEntry } from "@sigstore/protobuf-specs";
import type { RecordedContent } from "./recorded-content.ts";
import { recordInRekor1 } from "./rekor-v1.ts";
import { recordInRekor2 } from "./rekor-v2.ts";
import type { SigningService } from "./service.ts";

/** The version of Rekor's interface, which is another server with each. */
export type RekorVersion = 1 | 2;

/**
 * Has a transparency log record a signature: in Rekor 2 as `hashedrekord` 0.0.2, in Rekor 1 an envelope as `dsse` 0.0.1
 * and bare bytes as `hashedrekord` 0.0.1, as cosign does.
 *
 * @returns the entry, which is about this signature; whether the log is trusted, and its proof right, is for those who
 *   verify. In Rekor 1 it has a time and a promise, in Rekor 2 neither.
 * @throws SlipwayError REKOR_REFUSED, REKOR_UNREACHABLE, REKOR_DUPLICATE, REKOR_KEY_UNSUPPORTED, SERVICE_CONFUSED, and
 *   what `SigningService.post` throws
 */
export async function recordSignature(options: {
  readonly rekor: URL;
  readonly version: RekorVersion;
  readonly content: RecordedContent;
  readonly service: SigningService;
}): Promise<TransparencyLogEntry> {
  const { rekor, version, content, service } = options;
  return version === 1 ? recordInRekor1(rekor, content, service) : recordInRekor2(rekor, content, service);
}
