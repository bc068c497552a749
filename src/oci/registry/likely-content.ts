import { inParallel } from "../../content/index.ts";
import { parseManifest } from "../manifest.ts";
import { mediaType } from "../media-types.ts";
import type { FetchedManifest } from "./manifests.ts";

/** Releases that are looked at; a repository with more of them than that is looked at in part. */
const mostReleases = 8;
/** With more tags than this nobody looks: what is released so often is mostly there already. */
const mostTags = 1000;

/** What is asked of a repository. */
export interface Catalogue {
  tags(): Promise<readonly string[]>;
  manifest(tag: string): Promise<FetchedManifest | undefined>;
}

/**
 * Guesses whether a repository may have a file, by the sizes of what its releases hold. A file that is likely there is
 * hashed first, since it then need not be sent; any other is hashed while it is sent, so that it is read once. A wrong
 * guess costs time and nothing else.
 */
export class LikelyContent {
  readonly #catalogue: Catalogue;
  #sizes: Promise<ReadonlySet<number> | "any"> | undefined;

  constructor(catalogue: Catalogue) {
    this.#catalogue = catalogue;
  }

  async mayHold(size: number): Promise<boolean> {
    this.#sizes ??= this.#look().catch(() => "any");
    const sizes = await this.#sizes;
    return sizes === "any" || sizes.has(size);
  }

  async #look(): Promise<ReadonlySet<number> | "any"> {
    const tags = await this.#catalogue.tags();
    if (tags.length > mostTags) return "any";
    // Evidence and fallback indexes hold no files.
    const releases = tags.filter((tag) => !tag.includes("_") && !tag.startsWith("sha256-"));
    const latest = releases.toSorted((a, b) => b.localeCompare(a, "en", { numeric: true })).slice(0, mostReleases);
    const sizes = await inParallel(
      latest,
      mostReleases,
      (tag) => this.#sizesIn(tag),
      async () => {},
    );
    return new Set(sizes.flat());
  }

  async #sizesIn(tag: string): Promise<readonly number[]> {
    const found = await this.#catalogue.manifest(tag);
    if (found?.descriptor.mediaType !== mediaType.manifest) return [];
    const { config, layers } = parseManifest(found.bytes, tag);
    return [config, ...layers].map(({ size }) => size);
  }
}
