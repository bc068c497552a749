import { SlipwayError } from "../errors/index.ts";
import {
  annotation,
  type Descriptor,
  type Digest,
  maxManifestBytes,
  mediaType,
  parseManifest,
  type ReadableStore,
} from "../oci/index.ts";
import { isBundleType } from "./bundle-types.ts";
import { signingError } from "./errors.ts";
import { legacyKinds, legacyTag } from "./legacy/format.ts";
import { readLegacyLayer } from "./legacy/read-layer.ts";
import { readBundle } from "./read-bundle.ts";
import { type EvidenceStorage, type SignedContent, type Unbelieved, unbelieved } from "./signed-content.ts";

/** A subject with more evidence than this is under attack, or misused; reading it all could take for ever. */
const mostCandidates = 1000;
const mostBytes = 256 * 1024 * 1024;
/** Large SBOMs are attached by digest; a statement in a bundle is far smaller. */
const maxBundleBytes = 16 * 1024 * 1024;
/** Read at once, so that a far registry is not asked for one after the other. */
const ahead = 6;

/** Something attached to a subject that may be evidence, or why nothing could be read. */
export interface Candidate {
  /** Digest of what holds it: the referrer's manifest; in cosign's older storage, the layer. */
  readonly holder: Digest;
  readonly storage: EvidenceStorage;
  /** The evidence tag that it claims for itself; undefined for what another tool attached. */
  readonly tag: string | undefined;
  readonly content: SignedContent | Unbelieved;
}

/** A store as far as evidence is read from it; an evidence pack is one, too. */
export type EvidenceStore = Pick<ReadableStore, "exists" | "fetch" | "referrers" | "resolve">;

/** One that is known to be there and was not read yet. */
interface Lead {
  readonly holder: Digest;
  read(budget: Budget): Promise<Candidate | undefined>;
}

/**
 * Everything that is attached to a subject as evidence, from every storage: referrers that carry a sigstore bundle, and
 * the layers of cosign's `.sig` and `.att` tags. Some are read ahead; memory holds a few whatever their number. What an
 * index claims about a referrer is not believed: each manifest is opened.
 *
 * @throws SlipwayError EVIDENCE_FLOOD; what the store throws when its index cannot be read
 */
export async function* candidatesOf(store: EvidenceStore, subject: Digest): AsyncGenerator<Candidate> {
  const referrers = await store.referrers(subject);
  const leads: Lead[] = referrers
    .filter((descriptor) => descriptor.mediaType === mediaType.manifest)
    .map((manifest) => ({ holder: manifest.digest, read: (budget) => readReferrer(store, manifest, budget) }));
  if (leads.length > mostCandidates) throw flood(subject, `${leads.length} referrers`);
  for (const kind of legacyKinds) leads.push(...(await legacyLeads(store, legacyTag(subject, kind))));
  if (leads.length > mostCandidates) throw flood(subject, `${leads.length} pieces of evidence`);

  const budget = new Budget(subject);
  const reading: Promise<Candidate | undefined>[] = [];
  try {
    for (let next = 0; next < leads.length || reading.length > 0; ) {
      while (reading.length < ahead && next < leads.length) {
        const read = leads[next]?.read(budget);
        next += 1;
        // Whoever stops early waits for none of them.
        read?.catch(() => {});
        if (read !== undefined) reading.push(read);
      }
      const candidate = await reading.shift();
      if (candidate !== undefined) yield candidate;
    }
  } finally {
    await Promise.allSettled(reading);
  }
}

/** What may still be read, and what need not be read again. */
class Budget {
  readonly #subject: Digest;
  readonly #configs = new Map<Digest, Promise<unknown>>();
  #left = mostBytes;

  constructor(subject: Digest) {
    this.#subject = subject;
  }

  take(bytes: number): void {
    this.#left -= bytes;
    if (this.#left < 0) throw flood(this.#subject, `more than ${mostBytes} bytes of evidence`);
  }

  /** Nothing is read from a config, but a store that altered it has altered what was attached. */
  async requireConfig(store: EvidenceStore, config: Descriptor): Promise<void> {
    // Nearly all have one and the same.
    const fetched = this.#configs.get(config.digest) ?? store.fetch(config, maxManifestBytes);
    this.#configs.set(config.digest, fetched);
    await fetched;
  }
}

async function readReferrer(
  store: EvidenceStore,
  manifest: Descriptor,
  budget: Budget,
): Promise<Candidate | undefined> {
  const parsed = parseManifest(await store.fetch(manifest, maxManifestBytes), manifest.digest);
  const { config, layers, annotations } = parsed;
  const [layer] = layers;
  if (layer === undefined || !isBundleType(layer.mediaType)) return undefined;
  const candidate = (content: Candidate["content"]): Candidate => ({
    holder: manifest.digest,
    storage: "bundle",
    tag: annotations?.[annotation.ownTag],
    content,
  });
  if (layers.length > 1) {
    return candidate(
      unbelieved("BUNDLE_MALFORMED", `it cannot be read: it has ${layers.length} layers instead of one`),
    );
  }
  return candidate(
    await readable(store, [layer, config], async () => {
      await budget.requireConfig(store, config);
      return readBundle(await fetchWithin(store, layer, budget));
    }),
  );
}

async function legacyLeads(store: EvidenceStore, tag: string): Promise<readonly Lead[]> {
  const manifest = await resolved(store, tag);
  if (manifest === undefined || manifest.mediaType !== mediaType.manifest) return [];
  const { config, layers } = parseManifest(await store.fetch(manifest, maxManifestBytes), tag);
  return layers.map((layer) => ({
    holder: layer.digest,
    read: async (budget) => ({
      holder: layer.digest,
      storage: "legacy",
      tag: layer.annotations?.[annotation.ownTag],
      content: await readable(store, [layer, config], async () => {
        await budget.requireConfig(store, config);
        return readLegacyLayer(layer, await fetchWithin(store, layer, budget));
      }),
    }),
  }));
}

async function fetchWithin(store: EvidenceStore, layer: Descriptor, budget: Budget): Promise<Uint8Array> {
  if (layer.size > maxBundleBytes) throw new TooLarge(layer.size);
  budget.take(layer.size);
  return store.fetch(layer, maxBundleBytes);
}

class TooLarge extends Error {
  readonly size: number;

  constructor(size: number) {
    super();
    this.size = size;
  }
}

/** One damaged signature must not hide a good one, nor pass unnoticed: it stays a candidate, with its reason. */
async function readable(
  store: EvidenceStore,
  needed: readonly Descriptor[],
  read: () => Promise<Candidate["content"]>,
): Promise<Candidate["content"]> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof TooLarge) {
      return unbelieved("EVIDENCE_TOO_LARGE", `it has ${error.size} bytes; ${maxBundleBytes} are read at most`);
    }
    if (!(error instanceof SlipwayError) || error.family === "temporary" || error.code === "EVIDENCE_FLOOD")
      throw error;
    const what = `it cannot be read: ${error.code} ${error.message}`;
    for (const { digest, size } of needed) {
      if (!(await store.exists(digest, size))) return unbelieved("EVIDENCE_GONE", what);
    }
    return unbelieved("EVIDENCE_UNREADABLE", what);
  }
}

async function resolved(store: EvidenceStore, tag: string): Promise<Descriptor | undefined> {
  try {
    return await store.resolve({ tag });
  } catch (error) {
    if (error instanceof SlipwayError && error.code === "NOT_FOUND") return undefined;
    throw error;
  }
}

function flood(subject: Digest, what: string): SlipwayError {
  return signingError("EVIDENCE_FLOOD", `${subject} has ${what}; ${mostCandidates} are examined at most`);
}
