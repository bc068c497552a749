import { type AdrMetadata, encodeMetadata } from "../../src/release/index.ts";
import { releaseFacts } from "./packed-release.ts";

/** ADR-004 metadata of the release that `packInto` packs, with a whole lineage. */
export function releaseMetadataOf(version: string): Uint8Array {
  const metadata: AdrMetadata = {
    name: releaseFacts.name,
    version,
    variant: releaseFacts.variant,
    model: { format: "safetensors", precision: "bf16" },
    capabilities: [],
    provenance: {
      trainingRun: "https://mlflow.example.com/runs/1",
      dataset: "retina",
      datasetVersion: "3",
      codeCommit: "0".repeat(40),
    },
    deployment: { targets: ["jetson"] },
  };
  return encodeMetadata(metadata);
}
