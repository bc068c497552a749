import { readFile } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import {
  type Descriptor,
  digestOf,
  emptyJson,
  encodeLegacy,
  hexOf,
  isDigest,
  mediaType,
} from "../../../src/oci/index.ts";
import { encodeBundleManifest } from "../../../src/signing/bundle.ts";
import { bundleMediaType } from "../../../src/signing/bundle-types.ts";
import { legacyType } from "../../../src/signing/legacy/format.ts";
import type { TestRegistry } from "../../registry/index.ts";
import type { RegistryOptions } from "../../registry/options.ts";
import { signedBundle, statement } from "./envelope.ts";
import type { Place } from "./place.ts";

/** A registry that holds a release and goes wrong. */
export interface RegistryRow {
  readonly what: string;
  readonly code: string;
  readonly options?: RegistryOptions;
  readonly make: (registry: TestRegistry, place: Place) => Promise<unknown>;
  /** What must not have been asked for. */
  readonly unasked?: RegExp;
}

export const repository = "group/model";
const fallback: RegistryOptions = { referrers: { api: false } };
const always = Number.POSITIVE_INFINITY;
const megabyte = 1_000_000;
const descriptorSchema = z.looseObject({ mediaType: z.string(), digest: z.string(), size: z.number() });

/** Puts a release into a registry, without what is attached to it. */
export async function load(registry: TestRegistry, place: Place): Promise<void> {
  const file = join(place.directory, "store", "blobs", "sha256");
  const bytes = await readFile(place.blob(place.release.digest));
  const { config, layers } = z
    .object({ config: descriptorSchema, layers: z.array(descriptorSchema) })
    .parse(JSON.parse(bytes.toString()));
  for (const { digest } of [config, ...layers]) {
    if (isDigest(digest)) await registry.addBlob(repository, await readFile(join(file, hexOf(digest))), digest);
  }
  registry.addManifest(repository, mediaType.manifest, bytes, "1.0.0-default");
}

const good = (place: Place) => Buffer.from(JSON.stringify(signedBundle(statement(place.release))));

/** Attaches a bundle whose bytes are in the registry already, or are to be missed. */
function announce(registry: TestRegistry, bundle: Descriptor, subject: Descriptor, number = 1): Descriptor {
  const created = new Date("2026-01-02T03:04:05Z");
  const tag = `1.0.0-default_sign.${number}.1`;
  const manifest = encodeBundleManifest({ subject, bundle, predicateType: "x", tag, created });
  const digest = digestOf(manifest);
  registry.addManifest(repository, mediaType.manifest, manifest);
  return { mediaType: mediaType.manifest, digest, size: manifest.length };
}

async function attach(registry: TestRegistry, bytes: Buffer, subject: Descriptor): Promise<Descriptor> {
  await registry.addBlob(repository, emptyJson.bytes);
  await registry.addBlob(repository, bytes);
  return announce(registry, { mediaType: bundleMediaType, digest: digestOf(bytes), size: bytes.length }, subject);
}

function list(
  registry: TestRegistry,
  subject: Descriptor,
  manifests: readonly Descriptor[],
  change = (text: string) => text,
): void {
  const index = JSON.stringify({ schemaVersion: 2, mediaType: mediaType.index, manifests });
  registry.addManifest(repository, mediaType.index, Buffer.from(change(index)), `sha256-${hexOf(subject.digest)}`);
}

/** A registry with a good signature, of which the bundle is sent wrongly. */
const sent = (what: string, code: string, fault: Parameters<TestRegistry["inject"]>[0]["fault"]): RegistryRow => ({
  what,
  code,
  async make(registry, { release }) {
    const bytes = Buffer.from(JSON.stringify(signedBundle(statement(release))));
    await attach(registry, bytes, release);
    registry.inject({ match: { method: "GET", path: new RegExp(`blobs/${digestOf(bytes)}`), times: always }, fault });
  },
});

const crowd = (count: number, registry: TestRegistry, { release }: Place): Descriptor[] => {
  const bundle = { mediaType: bundleMediaType, digest: digestOf("nothing"), size: 7 };
  return Array.from({ length: count }, (_, index) => announce(registry, bundle, release, index));
};

export const registryRows: readonly RegistryRow[] = [
  {
    what: "a good signature",
    code: "accepted",
    make: (registry, place) => attach(registry, good(place), place.release),
  },
  { what: "nothing", code: "SIGNATURE_MISSING", make: async () => {} },
  {
    what: "a good signature in the fallback index",
    code: "accepted",
    options: fallback,
    async make(registry, place) {
      list(registry, place.release, [await attach(registry, good(place), place.release)]);
    },
  },
  {
    what: "a fallback index that was cut",
    code: "MANIFEST_INVALID",
    options: fallback,
    async make(registry, place) {
      list(registry, place.release, [await attach(registry, good(place), place.release)], (text) => text.slice(0, -9));
    },
  },
  {
    what: "a fallback index without what was attached",
    code: "SIGNATURE_MISSING",
    options: fallback,
    async make(registry, place) {
      await attach(registry, good(place), place.release);
      list(registry, place.release, []);
    },
  },
  {
    what: "a fallback index that names the signature of another release",
    code: "SIGNATURE_MISSING",
    options: fallback,
    async make(registry, place) {
      const bytes = Buffer.from(JSON.stringify(signedBundle(statement(place.other))));
      list(registry, place.release, [await attach(registry, bytes, place.other)]);
    },
  },
  {
    what: "a fallback index that names a manifest which was collected as garbage",
    code: "SIGNATURE_MISSING",
    options: fallback,
    make: async (registry, { release }) =>
      list(registry, release, [{ mediaType: mediaType.manifest, digest: digestOf("gone"), size: 4 }]),
  },
  {
    what: "10 000 referrers",
    code: "REFERRERS_FLOOD",
    options: { referrers: { page: 4_000 } },
    make: async (registry, place) => void crowd(10_000, registry, place),
  },
  {
    what: "3000 referrers on one page",
    code: "REFERRERS_FLOOD",
    options: { referrers: { page: 4_000 } },
    unasked: /manifests\/sha256:/,
    make: async (registry, place) => void crowd(3_000, registry, place),
  },
  {
    what: "10 000 referrers in a fallback index",
    code: "REFERRERS_FLOOD",
    options: fallback,
    make: async (registry, place) => list(registry, place.release, crowd(10_000, registry, place)),
  },
  {
    what: "1001 signatures in the older storage",
    code: "EVIDENCE_FLOOD",
    async make(registry, { release }) {
      const layer = { mediaType: legacyType.signature, digest: digestOf("nothing"), size: 7 };
      const layers = Array.from({ length: 1_001 }, (_, index) => ({ ...layer, annotations: { n: String(index) } }));
      const { manifest, config } = encodeLegacy(layers, undefined);
      await registry.addBlob(repository, config);
      registry.addManifest(repository, mediaType.manifest, manifest, `sha256-${hexOf(release.digest)}.sig`);
    },
  },
  sent("a bundle that is sent with 200 MB", "EVIDENCE_UNREADABLE", { body: { padTo: 200 * megabyte, with: 0x20 } }),
  sent("a bundle that is sent with 200 MB, and no length", "EVIDENCE_UNREADABLE", {
    body: { padTo: 200 * megabyte, with: 0x20 },
    withoutLength: true,
  }),
  sent("a bundle that is sent with another byte", "EVIDENCE_UNREADABLE", { body: { flipByteAt: 100 } }),
  {
    what: "a bundle that is announced with 200 MB",
    code: "EVIDENCE_TOO_LARGE",
    unasked: new RegExp(digestOf("large")),
    async make(registry, { release }) {
      await registry.addBlob(repository, emptyJson.bytes);
      announce(registry, { mediaType: bundleMediaType, digest: digestOf("large"), size: 200 * megabyte }, release);
    },
  },
  {
    what: "a bundle that was collected as garbage",
    code: "EVIDENCE_GONE",
    async make(registry, { release }) {
      await registry.addBlob(repository, emptyJson.bytes);
      announce(registry, { mediaType: bundleMediaType, digest: digestOf("gone"), size: 4 }, release);
    },
  },
  {
    what: "a manifest that is sent with another byte",
    code: "CONTENT_ALTERED",
    async make(registry, place) {
      await attach(registry, good(place), place.release);
      const match = { method: "GET", path: new RegExp(`manifests/${place.release.digest}`), times: always };
      registry.inject({ match, fault: { body: { flipByteAt: 200 } } });
      registry.inject({ match: { ...match, path: /manifests\/1\.0\.0/ }, fault: { body: { flipByteAt: 200 } } });
    },
  },
];
