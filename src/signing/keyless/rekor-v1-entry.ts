import type { TransparencyLogEntry } from "@sigstore/protobuf-specs";
import * as z from "zod";
import type { RecordedContent } from "./recorded-content.ts";
import { kindVersionOf } from "./rekor-v1-kinds.ts";

const base64 = z.base64().transform((text) => Buffer.from(text, "base64"));
const hex = z
  .string()
  .regex(/^(?:[0-9a-f]{2})+$/)
  .transform((text) => Buffer.from(text, "hex"));
const count = z.number().int().min(0);

/** LogEntry of Rekor 1 (rekor, openapi.yaml): entries by their names. A bundle needs the proof with its checkpoint. */
export const entrySchema = z.record(
  z.string(),
  z.object({
    body: base64,
    integratedTime: count,
    logID: hex,
    logIndex: count,
    verification: z.object({
      inclusionProof: z.object({
        checkpoint: z.string().min(1),
        hashes: z.array(hex),
        logIndex: count,
        rootHash: hex,
        treeSize: count,
      }),
      signedEntryTimestamp: base64,
    }),
  }),
);

/** The same as bundles carry it. */
export function entryOf(found: z.infer<typeof entrySchema>[string], content: RecordedContent): TransparencyLogEntry {
  const { inclusionProof: proof, signedEntryTimestamp } = found.verification;
  return {
    logIndex: String(found.logIndex),
    logId: { keyId: found.logID },
    kindVersion: kindVersionOf(content),
    integratedTime: String(found.integratedTime),
    inclusionPromise: { signedEntryTimestamp },
    inclusionProof: {
      logIndex: String(proof.logIndex),
      rootHash: proof.rootHash,
      treeSize: String(proof.treeSize),
      hashes: proof.hashes,
      checkpoint: { envelope: proof.checkpoint },
    },
    canonicalizedBody: found.body,
  };
}
