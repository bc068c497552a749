import { SlipwayError } from "../errors/index.ts";
import {
  type Descriptor,
  type Digest,
  maxManifestBytes,
  mediaType,
  parseManifest,
  type ReadableStore,
} from "../oci/index.ts";
import { isBundleType } from "./bundle-types.ts";
import { signingError } from "./errors.ts";

/** A subject with more referrers than this is under attack, or misused; reading them all could take for ever. */
const maxReferrers = 1000;
/** Large SBOMs are attached by digest; a statement in a bundle is far smaller. */
const maxBundleBytes = 16 * 1024 * 1024;

/** Something attached to a subject that may be a signature: a bundle, or why none could be read. */
export interface Candidate {
  /** The referrer's manifest. */
  readonly manifest: Descriptor;
  readonly bundle: { readonly bytes: Uint8Array } | { readonly unreadable: string };
}

/** A store as far as evidence is read from it; an evidence pack is one, too. */
type EvidenceStore = Pick<ReadableStore, "fetch" | "referrers">;

/**
 * Every referrer of a subject that carries a sigstore bundle, one at a time, so that memory holds one bundle whatever
 * their number. What an index claims about a referrer is not believed: each manifest is opened.
 *
 * @throws SlipwayError EVIDENCE_FLOOD; what the store throws when its index cannot be read
 */
export async function* candidatesOf(store: EvidenceStore, subject: Digest): AsyncGenerator<Candidate> {
  const referrers = await store.referrers(subject);
  if (referrers.length > maxReferrers) {
    throw signingError(
      "EVIDENCE_FLOOD",
      `${subject} has ${referrers.length} referrers; ${maxReferrers} are examined at most`,
    );
  }
  for (const manifest of referrers) {
    const candidate = await readCandidate(store, manifest);
    if (candidate !== undefined) yield candidate;
  }
}

async function readCandidate(store: EvidenceStore, manifest: Descriptor): Promise<Candidate | undefined> {
  // An index may have a subject as well; it carries no bundle.
  if (manifest.mediaType !== mediaType.manifest) return undefined;
  const { config, layers } = parseManifest(await store.fetch(manifest, maxManifestBytes), manifest.digest);
  const [layer] = layers;
  if (layer === undefined || !isBundleType(layer.mediaType)) return undefined;
  if (layers.length > 1) return { manifest, bundle: { unreadable: `it has ${layers.length} layers instead of one` } };
  try {
    // Nothing is read from the config, but a store that altered it has altered what was attached.
    await store.fetch(config, maxManifestBytes);
    return { manifest, bundle: { bytes: await store.fetch(layer, maxBundleBytes) } };
  } catch (error) {
    // One damaged signature must not hide a good one, nor pass unnoticed: it stays a candidate, with its reason.
    if (!(error instanceof SlipwayError)) throw error;
    return { manifest, bundle: { unreadable: `${error.code} ${error.message}` } };
  }
}
