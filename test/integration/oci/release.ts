import {
  type Descriptor,
  digestOf,
  emptyJson,
  encodeManifest,
  mediaType,
  type WritableStore,
} from "../../../src/oci/index.ts";
import type { TestRegistry } from "../../registry/index.ts";
import { repository, type Scene, sourceOf, weights } from "./registry-scene.ts";

export const report: Uint8Array = Buffer.from('{"accuracy": 0.9}');
const fileType = "application/octet-stream";
export const fileLayer: Descriptor = { mediaType: fileType, digest: digestOf(weights), size: weights.length };
export const reportLayer: Descriptor = { mediaType: "application/json", digest: digestOf(report), size: report.length };

/** The release of a scene: a file, and a report that refers to it. */
const manifest: Uint8Array = encodeManifest({
  schemaVersion: 2,
  mediaType: mediaType.manifest,
  artifactType: "application/vnd.example.model",
  config: emptyJson.descriptor,
  layers: [fileLayer],
});
export const subject: Descriptor = { mediaType: mediaType.manifest, digest: digestOf(manifest), size: manifest.length };
export const evidence: Uint8Array = encodeManifest({
  schemaVersion: 2,
  mediaType: mediaType.manifest,
  artifactType: "application/vnd.example.report",
  config: emptyJson.descriptor,
  layers: [reportLayer],
  subject,
});
export const tag = "1.0.0";
export const evidenceTag = "1.0.0_report";

/** Publishes the release as steps do: content, manifest, and then what refers to it. */
export async function publish(store: WritableStore, file: string): Promise<void> {
  await store.pushFile(await sourceOf(file), () => {});
  await store.push(mediaType.emptyJson, emptyJson.bytes);
  await store.announce(manifest, mediaType.manifest, tag);
  await store.push("application/json", report);
  await store.announce(evidence, mediaType.manifest, evidenceTag);
}

/** Puts the release into a registry without asking it. */
export async function provide({ registry }: Pick<Scene, "registry">): Promise<void> {
  for (const bytes of [weights, emptyJson.bytes, report]) await registry.addBlob(repository, bytes);
  registry.addManifest(repository, mediaType.manifest, manifest, tag);
  registry.addManifest(repository, mediaType.manifest, evidence, evidenceTag);
  if (!registry.behaviour.referrers.api) {
    const index = {
      schemaVersion: 2 as const,
      mediaType: mediaType.index,
      manifests: [{ mediaType: mediaType.manifest, digest: digestOf(evidence), size: evidence.length }],
    };
    registry.addManifest(repository, mediaType.index, encodeManifest(index), subject.digest.replace(":", "-"));
  }
}

const expected: ReadonlyMap<string, Uint8Array> = new Map([
  [tag, manifest],
  [evidenceTag, evidence],
]);

/**
 * What is wrong with what a registry shows to others: a tag of ours that holds something else, or that holds the right
 * manifest while content of it is missing or different. Empty when all is well, and when nothing is tagged yet.
 */
export async function wrongIn(registry: TestRegistry): Promise<readonly string[]> {
  const wrong: string[] = [];
  for (const [name, digest] of registry.tags(repository)) {
    const bytes = expected.get(name);
    const fallback = name === subject.digest.replace(":", "-");
    if (bytes === undefined) {
      if (!fallback) wrong.push(`a tag ${name}`);
      continue;
    }
    if (digestOf(bytes) !== digest) wrong.push(`${name} holds ${digest}`);
    if (!same(registry.manifest(repository, name)?.bytes, bytes)) wrong.push(`other bytes at ${name}`);
    for (const content of [emptyJson.bytes, name === tag ? weights : report]) {
      if (!same(await registry.blob(repository, digestOf(content)), content)) wrong.push(`content of ${name}`);
    }
  }
  return wrong;
}

function same(one: Uint8Array | undefined, other: Uint8Array): boolean {
  return one !== undefined && Buffer.compare(one, other) === 0;
}
