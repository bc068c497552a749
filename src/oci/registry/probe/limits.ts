import { type Finding, finding } from "../../finding.ts";
import type { RegistryFacts } from "../known-registries.ts";

/** The largest file of what is to be pushed. */
export interface LargestFile {
  readonly path: string;
  /** Bytes. */
  readonly size: number;
}

/** Bytes per second that not every line has: 100 Mbit/s. */
const fastLine = 12_500_000;

/** Whether the registry is known to take files of this size. */
export function judgeLimits(known: RegistryFacts | undefined, file: LargestFile | undefined): Finding {
  const check = "limits";
  const largest = file && `${file.path} has ${bytesIn(file.size)}`;
  const limits = known === undefined ? [] : limitsOf(known);
  if (known === undefined || limits.length === 0) {
    const of = known === undefined ? "this registry" : known.name;
    return finding(check, "unknown", [`no limit of ${of} is known`, largest].filter(Boolean).join("; "));
  }
  const takes = `${known.name} takes ${limits.join(", ")}`;
  if (file === undefined || largest === undefined) return finding(check, "ok", takes);
  const seen = `${takes}; ${largest}`;
  if (known.largestBlob !== undefined && file.size > known.largestBlob) {
    return finding(
      check,
      "failed",
      seen,
      `The file will be refused: split it (safetensors shards), or use another registry.`,
    );
  }
  const seconds = (known.longestUpload ?? Number.POSITIVE_INFINITY) / 1000;
  const rate = file.size / seconds;
  if (rate > fastLine) {
    return finding(
      check,
      "warning",
      seen,
      `The upload is cut after ${seconds / 60} minutes unless it runs at ${bytesIn(rate)}/s: push from a runner with such a line, or split the file.`,
    );
  }
  return finding(check, "ok", seen);
}

function limitsOf({ largestBlob, largestManifest, longestUpload }: RegistryFacts): string[] {
  return [
    ...(largestBlob === undefined ? [] : [`blobs to ${bytesIn(largestBlob)}`]),
    ...(largestManifest === undefined ? [] : [`manifests to ${bytesIn(largestManifest)}`]),
    ...(longestUpload === undefined ? [] : [`uploads to ${longestUpload / 60_000} minutes`]),
  ];
}

function bytesIn(size: number): string {
  if (size >= 1e9) return `${(size / 1e9).toFixed(1)} GB`;
  return size >= 1e6 ? `${(size / 1e6).toFixed(1)} MB` : `${Math.round(size)} B`;
}
