import { modelPack } from "../../src/formats/model-pack/media-types.ts";
import { encodeConfig, encodeFormC, metadataPath, planLayers } from "../../src/formats/model-pack/plan.ts";
import { type Descriptor, digestOf } from "../../src/oci/index.ts";
import { encodeMetadata, variantTag } from "../../src/release/index.ts";
import type { MemoryStore } from "./memory-store.ts";

/**
 * Puts the smallest release that there can be into a store.
 * @param complete false for one that names no owner, no data set's version and no model card
 */
export async function addRelease(
  store: MemoryStore,
  {
    name,
    version,
    variant,
    complete,
  }: {
    readonly name: string;
    readonly version: string;
    readonly variant: string;
    readonly complete: boolean;
  },
): Promise<Descriptor> {
  const metadata = encodeMetadata({
    name,
    version,
    variant,
    model: { format: "safetensors", precision: "bf16" },
    capabilities: [],
    provenance: {
      trainingRun: "https://mlflow.example.com/runs/1",
      dataset: "retina",
      ...(complete && { datasetVersion: "3" }),
      codeCommit: "0".repeat(40),
    },
    deployment: { targets: ["jetson"] },
  });
  const card = Buffer.from("# A model\n");
  const files = [
    { path: "README.md", bytes: card },
    { path: metadataPath, bytes: metadata },
  ];
  for (const { bytes } of files) await store.push("application/octet-stream", bytes);
  const layers = planLayers(
    files.map(({ path, bytes }) => ({ path, executable: false, digest: digestOf(bytes), size: bytes.length })),
    undefined,
  );
  const facts = {
    name,
    version,
    variant,
    tag: variantTag(version, variant),
    owner: complete ? "vision-team@example.com" : " ",
    licence: "Apache-2.0",
    description: undefined,
    modelCard: complete ? "README.md" : undefined,
    format: "safetensors",
    precision: "bf16",
    source: undefined,
    revision: undefined,
    sourceDateEpoch: undefined,
  };
  const config = await store.push(modelPack.configType, encodeConfig(facts, layers));
  return store.addManifest(encodeFormC(facts, config, layers), facts.tag);
}
