import type { TransparencyLogEntry } from "@sigstore/bundle";
import * as z from "zod";
import { parseStrictJson } from "../../documents/index.ts";
import { isCanonicalBase64 } from "../read-bundle.ts";

const base64 = z.string().min(1).refine(isCanonicalBase64);

/** What cosign keeps of an entry of Rekor v1: its promise, and what was promised (cosign, pkg/cosign/bundle). */
const rekorBundleSchema = z.object({
  SignedEntryTimestamp: base64,
  Payload: z.object({
    body: base64,
    integratedTime: z.int().nonnegative(),
    logIndex: z.int().nonnegative(),
    logID: z.string().regex(/^[0-9a-f]{64}$/),
  }),
});
const bodySchema = z.object({ kind: z.string(), apiVersion: z.string() });

/** Reads the annotation with a log entry; null when it is not one. */
export function readLogEntry(text: string): TransparencyLogEntry | null {
  const json = parseStrictJson(Buffer.from(text));
  const parsed = "problem" in json ? undefined : rekorBundleSchema.safeParse(json.value);
  if (!parsed?.success) return null;
  const { SignedEntryTimestamp: promise, Payload } = parsed.data;
  const canonicalizedBody = Buffer.from(Payload.body, "base64");
  const inner = parseStrictJson(canonicalizedBody);
  const body = "problem" in inner ? undefined : bodySchema.safeParse(inner.value);
  if (!body?.success) return null;
  return {
    logIndex: String(Payload.logIndex),
    logId: { keyId: Buffer.from(Payload.logID, "hex") },
    kindVersion: { kind: body.data.kind, version: body.data.apiVersion },
    integratedTime: String(Payload.integratedTime),
    inclusionPromise: { signedEntryTimestamp: Buffer.from(promise, "base64") },
    inclusionProof: undefined,
    canonicalizedBody,
  };
}

/** Writes the same annotation; undefined for an entry without a promise, which this storage cannot hold. */
export function writeLogEntry(entry: TransparencyLogEntry): string | undefined {
  if (entry.inclusionPromise === undefined) return undefined;
  return JSON.stringify({
    SignedEntryTimestamp: Buffer.from(entry.inclusionPromise.signedEntryTimestamp).toString("base64"),
    Payload: {
      body: Buffer.from(entry.canonicalizedBody).toString("base64"),
      integratedTime: Number(entry.integratedTime),
      logIndex: Number(entry.logIndex),
      logID: Buffer.from(entry.logId.keyId).toString("hex"),
    },
  });
}
