import { type Finding, finding } from "../../oci/index.ts";
import type { SigningService } from "../keyless/index.ts";
import { judgeFulcio, judgeIssuers, tryFulcio } from "./fulcio.ts";
import { judgeLog, judgeRekor, tryRekor } from "./rekor.ts";
import { judgeClock, judgeStamp, judgeStamper, tryStamp } from "./timestamps.ts";
import type { PlacedRoot } from "./trusted-root.ts";

/** What the services are asked with, and compared with. */
export interface Asking {
  readonly service: SigningService;
  readonly roots: readonly PlacedRoot[];
  readonly signal: AbortSignal;
  readonly now: () => Date;
}

/** Looks at a certificate authority. */
export async function probeFulcio(url: URL, { service, signal, roots, now }: Asking): Promise<readonly Finding[]> {
  const heard = await tryFulcio(url, service, signal);
  const known = "said" in heard ? roots.map((root) => judgeIssuers(url, heard.said, root, now())) : [];
  return [judgeFulcio(url, heard), ...known];
}

/** Looks at a transparency log. */
export async function probeRekor(
  url: URL,
  version: 1 | 2,
  { service, signal, roots, now }: Asking,
): Promise<readonly Finding[]> {
  const heard = await tryRekor({ url, version }, service, signal);
  const known = "said" in heard ? roots.map((root) => judgeLog(url, heard.said, root, now())) : [];
  return [judgeRekor(url, version, heard), ...known];
}

/** Looks at a timestamp authority, and at our clock by its. @param how `readOnly`: ask for no stamp */
export async function probeTimestamps(
  url: URL,
  how: { readonly keyless: boolean; readonly readOnly: boolean },
  asking: Asking,
): Promise<readonly Finding[]> {
  if (how.readOnly) {
    return ["timestamps", "signing clock"].map((check) => finding(check, "skipped", "no stamp was to be asked for"));
  }
  const heard = await tryStamp(url, asking.service, asking);
  if ("failure" in heard) {
    return [
      judgeStamp(url, heard),
      finding("signing clock", "unknown", "without a stamp there is nothing to compare with"),
    ];
  }
  return [
    judgeStamp(url, heard),
    ...asking.roots.map((root) => judgeStamper(url, heard.said, root)),
    judgeClock(heard.said, how.keyless),
  ];
}
