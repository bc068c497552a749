import { type Digest, digestOf } from "../digest.ts";
import { ociError } from "../errors.ts";
import type { Descriptor } from "../manifest.ts";
import type { Scope } from "./auth/index.ts";
import { registryError } from "./errors.ts";
import { RangesRefused } from "./fetch-parts.ts";
import { explainTransport, type HttpAnswer, type HttpRequest } from "./http/exchange.ts";
import { Passing } from "./http/persist.ts";
import { refusalOf } from "./refusal.ts";
import type { RegistryClient } from "./registry-client.ts";
import { mostBody } from "./wire/index.ts";

/** A blob as a descriptor names it. */
export type Blob = Pick<Descriptor, "digest" | "size">;

/** What of a blob is asked for. */
export interface BlobPart {
  /** First byte. */
  readonly from: number;
  /** First byte that is not wanted any more; without it, all there is. */
  readonly until?: number;
  /** Whether more than that is no answer to it. */
  readonly exactly?: boolean;
}

/** Asks one repository for blobs (distribution-spec 1.1, "Pulling blobs"). */
export class BlobRequests {
  readonly client: RegistryClient;
  readonly #repository: string;
  readonly #scope: Scope;

  constructor(client: RegistryClient, repository: string) {
    this.client = client;
    this.#repository = repository;
    this.#scope = { repository, actions: ["pull"] };
  }

  /** Size in bytes; undefined when it is not there. @throws SlipwayError REGISTRY_* */
  async sizeOf(digest: Digest): Promise<number | undefined> {
    const answer = await this.client.call({ method: "HEAD", to: this.#pathOf(digest), scope: this.#scope });
    await answer.drop();
    if (answer.status === 404) return undefined;
    if (answer.status !== 200) throw await refusalOf(answer, this.client.host, `the blob ${digest}`);
    const length = answer.header("content-length");
    if (length !== undefined && /^\d{1,16}$/.test(length)) return Number(length);
    return this.#sizeByRange(digest);
  }

  /** A blob, whole and verified. @throws SlipwayError NOT_FOUND, CONTENT_ALTERED, REGISTRY_* */
  async fetch({ digest, size }: Descriptor, limit: number): Promise<Uint8Array> {
    if (size > limit) throw this.altered(digest, `has ${size} bytes, ${limit} are allowed`);
    return this.client.persist(async () => {
      const answer = await this.get(digest, { from: 0 });
      // One byte more shows a blob that is longer than it should be.
      const bytes = await answer.beginning(size + 1);
      if (bytes.length < size) throw new Passing(this.altered(digest, `ended after ${bytes.length} of ${size} bytes`));
      if (bytes.length !== size || digestOf(bytes) !== digest) throw this.altered(digest, "has another digest");
      return bytes;
    });
  }

  /**
   * Asks for a blob from an offset on, or for exactly a part of it, and checks that the answer is that (RFC 9110, 14).
   *
   * @param size of the whole, where it is known
   * @throws RangesRefused for exactly a part that cannot be had; SlipwayError NOT_FOUND, CONTENT_ALTERED, REGISTRY_*;
   *   Passing when it may work later
   */
  async get(
    digest: Digest,
    { from, until, exactly = false }: BlobPart,
    size?: number,
    options: Pick<HttpRequest, "into" | "patience"> = {},
  ): Promise<HttpAnswer> {
    const end = exactly && until !== undefined ? until - 1 : "";
    const headers: Record<string, string> = exactly || from > 0 ? { range: `bytes=${from}-${end}` } : {};
    const answer = await this.client.once({
      method: "GET",
      to: this.#pathOf(digest),
      scope: this.#scope,
      headers,
      long: size !== undefined && size > mostBody,
      ...options,
    });
    if (answer.status === 200) {
      if (!exactly) return answer;
      await answer.drop();
      throw new RangesRefused();
    }
    if (answer.status === 206 && (exactly || from > 0)) {
      const range = /^bytes (\d{1,15})-(\d{1,15})\/(\d{1,15}|\*)$/.exec(answer.header("content-range") ?? "");
      const whole = range?.[3] === "*" || Number(range?.[3]) === size;
      const [first, last] = [Number(range?.[1]), Number(range?.[2])];
      const fits = first === from && last >= first && (!exactly || until === undefined || last < until);
      if (range !== null && whole && fits) return answer;
      await answer.drop();
      if (exactly) throw new RangesRefused();
      throw new Passing(
        registryError("REGISTRY_CONFUSED", `${this.client.host} sent another part of ${digest} than it was asked for`),
      );
    }
    if (answer.status === 416 && from > 0) {
      await answer.drop();
      throw this.altered(digest, `ends before byte ${from}`);
    }
    const name = `${this.client.host}/${this.#repository}`;
    if (answer.status === 404) {
      await answer.drop();
      throw ociError("NOT_FOUND", `${name} has no blob ${digest}`);
    }
    throw await refusalOf(answer, this.client.host, `the blob ${digest}`);
  }

  /** For registries whose answer to HEAD has no length. */
  async #sizeByRange(digest: Digest): Promise<number | undefined> {
    const headers = { range: "bytes=0-0" };
    const answer = await this.client.call({ method: "GET", to: this.#pathOf(digest), scope: this.#scope, headers });
    answer.body.destroy();
    const text =
      answer.status === 206
        ? /\/(\d{1,16})$/.exec(answer.header("content-range") ?? "")?.[1]
        : answer.header("content-length");
    return text === undefined ? undefined : Number(text);
  }

  /** What a connection's failure means. */
  explain(error: unknown, digest: Digest): unknown {
    return explainTransport(error, this.client.url(this.#pathOf(digest)));
  }

  altered(digest: Digest, what: string) {
    return registryError("CONTENT_ALTERED", `${digest} of ${this.client.host}/${this.#repository} ${what}`);
  }

  #pathOf(digest: Digest): string {
    return `/v2/${this.#repository}/blobs/${digest}`;
  }
}
