import { signingError } from "./errors.ts";
import { recordSignature, requestTimestamp, type SigningService } from "./keyless/index.ts";
import type { Signature, Witness } from "./signer.ts";

/** Services that vouch for signatures; each may be left out. */
export interface WitnessServices {
  readonly rekor: { readonly url: URL; readonly version: 1 | 2 } | undefined;
  readonly timestamps: URL | undefined;
}

/**
 * A witness that asks a transparency log and a timestamp authority, at the same time; undefined when there is neither.
 * @throws SlipwayError when it testifies: what the services throw
 */
export function witnessOf({ rekor, timestamps }: WitnessServices, service: SigningService): Witness | undefined {
  if (rekor === undefined && timestamps === undefined) return undefined;
  const stamp =
    timestamps === undefined
      ? undefined
      : (bytes: Uint8Array) => requestTimestamp({ authority: timestamps, signature: bytes, service });
  return {
    stamp,
    async testify(content, { signature, maker, publicKey }) {
      const signed =
        content.form === "dsse"
          ? { payloadType: content.payloadType, payload: content.payload }
          : { bytes: content.payload };
      const verifier = maker.kind === "certificate" ? { certificate: maker.certificate } : { publicKey };
      const [entry, timestamp] = await Promise.all([
        rekor &&
          recordSignature({
            rekor: rekor.url,
            version: rekor.version,
            content: { signed, signature, verifier },
            service,
          }),
        stamp?.(signature),
      ]);
      return {
        logEntries: entry === undefined ? [] : [attributed(entry)],
        timestamps: timestamp === undefined ? [] : [timestamp],
      };
    },
  };
}

type Recorded = Awaited<ReturnType<typeof recordSignature>>;

/** An entry that says which log it is in, and what kind it is: one that does not could not be verified. */
function attributed(entry: Recorded): Signature["logEntries"][number] {
  const { logId, kindVersion } = entry;
  if (logId === undefined || kindVersion === undefined) {
    throw signingError("SIGNED_UNVERIFIABLE", "the log's entry does not say which log it is in, or what it is");
  }
  return { ...entry, logId, kindVersion };
}
