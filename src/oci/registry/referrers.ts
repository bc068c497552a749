import { inParallel } from "../../content/index.ts";
import { type Digest, hexOf } from "../digest.ts";
import { isLayerTag } from "../layer-tag.ts";
import { type Descriptor, encodeManifest, type Index, parseIndex } from "../manifest.ts";
import { maxManifestBytes, mediaType } from "../media-types.ts";
import type { Scope } from "./auth/index.ts";
import { registryError } from "./errors.ts";
import type { FetchedManifest, Manifests } from "./manifests.ts";
import { fetchPage, mostFruitless, nextPage } from "./paging.ts";
import { about, entryOf, ownTagOf } from "./referrer-entry.ts";
import { refusalOf } from "./refusal.ts";
import type { RegistryClient } from "./registry-client.ts";
import { listTags } from "./tags.ts";

/** More than any release has. */
const mostReferrers = 2000;
const atOnce = 6;
const mostMerges = 50;

/** What refers to a subject in one repository (distribution-spec 1.1, "Listing Referrers", "Backwards Compatibility"). */
export class Referrers {
  readonly #client: RegistryClient;
  readonly #repository: string;
  readonly #manifests: Manifests;

  constructor(client: RegistryClient, repository: string, manifests: Manifests) {
    this.#client = client;
    this.#repository = repository;
    this.#manifests = manifests;
  }

  /**
   * The manifests whose subject is this digest. Nothing that a list says of them is believed: each is opened.
   * @throws SlipwayError REFERRERS_FLOOD, REGISTRY_CONFUSED for a list without end, CONTENT_ALTERED, REGISTRY_*
   */
  async of(subject: Digest): Promise<readonly Descriptor[]> {
    const listed = await this.#byInterface(subject);
    if (listed !== undefined) return this.#opened(listed, subject);
    const { manifests } = await this.#byTag(subject);
    if (manifests.length > mostReferrers) throw this.#flood(subject);
    const found = await this.#opened(manifests, subject);
    return [...found, ...(await this.#forgotten(subject, found))];
  }

  async #opened(listed: readonly Descriptor[], subject: Digest): Promise<readonly Descriptor[]> {
    const digests = [...new Set(listed.map(({ digest }) => digest))];
    const opened = await inParallel(
      digests,
      atOnce,
      (digest) => this.#open(digest, subject),
      async () => {},
    );
    return opened.flatMap((descriptor) => descriptor ?? []);
  }

  /**
   * What the fallback index has lost: other tools read it, add to it and write it back, which undoes whatever was
   * written meanwhile. The tags of the release still name all that Slipway attached. A tag that a found manifest calls
   * its own is not opened again: who can write that manifest here could remove the tag as well.
   */
  async #forgotten(subject: Digest, found: readonly Descriptor[]): Promise<readonly Descriptor[]> {
    const release = await this.#manifests.known(subject);
    const own = release === undefined ? undefined : ownTagOf(entryOf(release));
    if (own === undefined) return [];
    const known = new Set(found.map(ownTagOf));
    const unknown = (await this.#tagsBeside(own)).filter((tag) => !known.has(tag));
    const attached = await inParallel(
      unknown,
      atOnce,
      (tag) => this.#attached(tag, subject),
      async () => {},
    );
    const digests = new Set(found.map(({ digest }) => digest));
    return attached.flatMap((entry) => (entry === undefined || digests.has(entry.digest) ? [] : entry));
  }

  /**
   * Makes sure that a manifest which was just put under a tag is found by its subject. Registries with the interface
   * see to that; for others the index at the subject's fallback tag is extended. No registry has a compare-and-set for
   * tags, so two writers may undo each other's: after its own write each one looks which manifests the tags of the
   * release name, and adds all that are missing. The last writer sees the tags of all before it, so none is lost.
   *
   * @param own the manifest's tag
   * @throws SlipwayError REGISTRY_*
   */
  async add(subject: Digest, manifest: FetchedManifest, own: string): Promise<void> {
    if ((await this.#byInterface(subject)) !== undefined) return;
    const known = new Map<Digest, Descriptor>([[manifest.descriptor.digest, entryOf(manifest)]]);
    const seen = new Set<string>();
    for (let merges = 0; merges < mostMerges; merges += 1) {
      const { manifests } = await this.#byTag(subject);
      const missing = [...known.values()].filter(({ digest }) => !manifests.some((listed) => listed.digest === digest));
      if (missing.length > 0) await this.#write(subject, [...manifests, ...missing]);
      const tags = new Set(await this.#tagsBeside(own));
      // Whoever reads the evidence before adding to it has opened these, and is spared their tags.
      const claimed = manifests.filter((entry) => tags.has(ownTagOf(entry) ?? ""));
      for (const entry of await this.#opened(claimed, subject)) {
        const tag = ownTagOf(entry);
        if (tag === undefined || !tags.has(tag)) continue;
        known.set(entry.digest, entry);
        seen.add(tag);
      }
      const fresh = [...tags].filter((tag) => !seen.has(tag));
      if (missing.length === 0 && fresh.length === 0) return;
      const more = await inParallel(
        fresh,
        atOnce,
        (tag) => this.#attached(tag, subject),
        async () => {},
      );
      for (const entry of more) if (entry !== undefined) known.set(entry.digest, entry);
      for (const tag of fresh) seen.add(tag);
    }
    throw registryError("REGISTRY_FAILED", `${this.#client.host} forgets what refers to ${subject} again and again`);
  }

  /** The evidence tags of a release, of which one tag is known: they share what stands before the first "_". */
  async #tagsBeside(tag: string): Promise<readonly string[]> {
    const family = `${tag.split("_", 1)[0]}_`;
    const tags = await listTags(this.#client, this.#repository);
    return tags.filter((other) => other.startsWith(family) && !isLayerTag(other));
  }

  /** What the referrers interface lists; undefined when the registry has none. */
  async #byInterface(subject: Digest): Promise<readonly Descriptor[] | undefined> {
    const scope: Scope = { repository: this.#repository, actions: ["pull"] };
    const found = new Map<Digest, Descriptor>();
    const seen = new Set<string>();
    let fruitless = 0;
    let page: URL | undefined = this.#client.url(`/v2/${this.#repository}/referrers/${subject}`);
    while (page !== undefined) {
      if (seen.has(page.href) || fruitless > mostFruitless) {
        const listed = `what refers to ${subject}`;
        throw registryError("REGISTRY_CONFUSED", `${this.#client.host} lists ${listed} without end`);
      }
      seen.add(page.href);
      const call = { method: "GET", to: page, scope, headers: { accept: mediaType.index } } as const;
      const { answer, bytes } = await fetchPage(this.#client, call, maxManifestBytes);
      const missing = answer.status === 404 || answer.status === 405 || answer.status === 400;
      if (missing && seen.size === 1) {
        await answer.drop();
        return undefined;
      }
      if (answer.status !== 200) throw await refusalOf(answer, this.#client.host, `what refers to ${subject}`);
      const before = found.size;
      const { manifests } = parseIndex(bytes, `what refers to ${subject}`);
      for (const listed of manifests) found.set(listed.digest, listed);
      if (found.size > mostReferrers) throw this.#flood(subject);
      fruitless = found.size === before ? fruitless + 1 : 0;
      page = nextPage(answer.header("link"), page);
    }
    return [...found.values()];
  }

  #flood(subject: Digest) {
    const listed = `more than ${mostReferrers} manifests that refer to ${subject}`;
    return registryError("REFERRERS_FLOOD", `${this.#client.host} lists ${listed}`);
  }

  async #byTag(subject: Digest): Promise<Pick<Index, "manifests">> {
    const found = await this.#manifests.get(fallbackTag(subject));
    if (found === undefined) return { manifests: [] };
    return parseIndex(found.bytes, `the tag ${fallbackTag(subject)}`);
  }

  async #write(subject: Digest, manifests: readonly Descriptor[]): Promise<void> {
    const index = { schemaVersion: 2 as const, mediaType: mediaType.index, manifests: [...manifests] };
    await this.#manifests.put(encodeManifest(index), mediaType.index, fallbackTag(subject));
  }

  async #attached(tag: string, subject: Digest): Promise<Descriptor | undefined> {
    const found = await this.#manifests.get(tag);
    return found === undefined ? undefined : about(found, subject);
  }

  /** Undefined for what is listed and is not there any more, or is about something else. */
  async #open(digest: Digest, subject: Digest): Promise<Descriptor | undefined> {
    const found = await this.#manifests.known(digest);
    return found === undefined ? undefined : about(found, subject);
  }
}

/** distribution-spec 1.1, "Referrers Tag Schema". */
function fallbackTag(subject: Digest): string {
  return `sha256-${hexOf(subject)}`;
}
