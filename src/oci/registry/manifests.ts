import { type Digest, digestOf, isDigest } from "../digest.ts";
import { ociError } from "../errors.ts";
import type { Descriptor } from "../manifest.ts";
import { maxManifestBytes, mediaType } from "../media-types.ts";
import type { Scope } from "./auth/index.ts";
import { ContentMemory } from "./content-memory.ts";
import { registryError } from "./errors.ts";
import { refusalOf } from "./refusal.ts";
import type { RegistryClient } from "./registry-client.ts";

/** A manifest as it came from a registry: its exact bytes. */
export interface FetchedManifest {
  readonly descriptor: Descriptor;
  readonly bytes: Uint8Array;
}

const accept = [
  mediaType.manifest,
  mediaType.index,
  "application/vnd.docker.distribution.manifest.v2+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
].join(", ");

const mostRemembered = 8 * 1024 * 1024;

/** The manifests of one repository (distribution-spec 1.1, "Pulling manifests" and "Pushing Manifests"). */
export class Manifests {
  readonly #client: RegistryClient;
  readonly #repository: string;
  readonly #remembered = new ContentMemory<FetchedManifest>(mostRemembered);

  constructor(client: RegistryClient, repository: string) {
    this.#client = client;
    this.#repository = repository;
  }

  /**
   * A manifest that may have been read before; undefined when there is none. That it is still there is not said.
   * @throws SlipwayError as `get`
   */
  async known(digest: Digest): Promise<FetchedManifest | undefined> {
    return this.#remembered.get(digest) ?? this.get(digest);
  }

  /**
   * A manifest by tag or digest, as the registry has it now; undefined when there is none.
   * @throws SlipwayError CONTENT_ALTERED when its bytes are not what was asked for, REGISTRY_*
   */
  async get(reference: string): Promise<FetchedManifest | undefined> {
    const found = await this.#ask(reference);
    if (found !== undefined) {
      const { descriptor, bytes } = found;
      // What came may be a part of a larger buffer, which would be kept with it.
      this.#remembered.keep(descriptor.digest, { descriptor, bytes: new Uint8Array(bytes) }, bytes.length);
    }
    return found;
  }

  #ask(reference: string): Promise<FetchedManifest | undefined> {
    return this.#client.persist(async () => {
      const answer = await this.#client.once({
        method: "GET",
        to: this.#path(reference),
        scope: this.#scope("pull"),
        headers: { accept },
      });
      if (answer.status === 404) {
        await answer.drop();
        return undefined;
      }
      if (answer.status !== 200) throw await refusalOf(answer, this.#client.host, `the manifest ${reference}`);
      const bytes = await answer.bytes(maxManifestBytes);
      const digest = digestOf(bytes);
      const announced = answer.header("docker-content-digest");
      // A digest of another algorithm says nothing that could be compared.
      const wanted = isDigest(reference) ? reference : isDigest(announced ?? "") ? announced : digest;
      if (digest !== wanted) {
        const name = `${this.#client.host}/${this.#repository}`;
        throw registryError("CONTENT_ALTERED", `the manifest ${reference} of ${name} is ${digest}, not ${wanted}`);
      }
      const type = answer.header("content-type")?.split(";")[0]?.trim().toLowerCase() ?? mediaType.manifest;
      return { descriptor: { mediaType: type, digest, size: bytes.length }, bytes };
    });
  }

  /**
   * Puts a manifest under a tag or its digest. Returns whether the registry says that it lists it as a referrer.
   * @throws SlipwayError IMMUTABLE_CONFLICT when the registry says that the tag is taken, REGISTRY_*
   */
  async put(bytes: Uint8Array, type: string, reference: string): Promise<{ readonly listed: boolean }> {
    const answer = await this.#client.call({
      method: "PUT",
      to: this.#path(reference),
      scope: this.#scope("pull", "push"),
      headers: { "content-type": type },
      body: bytes,
    });
    if (answer.status === 201 || answer.status === 200 || answer.status === 202) {
      await answer.drop();
      return { listed: answer.header("oci-subject") !== undefined };
    }
    const refusal = await refusalOf(answer, this.#client.host, `the manifest ${reference}`);
    // Harbor answers 412, ECR 400 with these words, others 409 (reference 3.3).
    const immutable =
      answer.status === 412 || answer.status === 409 || /immutable|already exists/i.test(refusal.details.join(" "));
    if (!immutable) throw refusal;
    throw ociError("IMMUTABLE_CONFLICT", `${this.#client.host}/${this.#repository}:${reference} cannot be changed`, {
      cause: refusal,
      details: refusal.details,
    });
  }

  /** Removes a tag; false when the registry does not let tags be removed. @throws SlipwayError REGISTRY_* */
  async remove(reference: string): Promise<boolean> {
    const answer = await this.#client.call({
      method: "DELETE",
      to: this.#path(reference),
      scope: this.#scope("pull", "push", "delete"),
    });
    await answer.drop();
    return answer.status < 300 || answer.status === 404;
  }

  #path(reference: string | Digest): string {
    return `/v2/${this.#repository}/manifests/${reference}`;
  }

  #scope(...actions: Scope["actions"]): Scope {
    return { repository: this.#repository, actions };
  }
}
