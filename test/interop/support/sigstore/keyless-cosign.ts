import { randomUUID } from "node:crypto";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { RegistryScene } from "../registry-scene.ts";
import type { KeylessForm } from "./cosign-flags.ts";
import type { PrivateSigstore } from "./start-sigstore.ts";

/** What `attest` states: a type, and a file of the scene's folder with the predicate. */
interface Attested {
  readonly type: string;
  readonly predicate: string;
}

/** cosign with identity tokens in place of keys, on what a scene's registry holds. */
export class KeylessCosign {
  readonly #scene: RegistryScene;
  readonly #stack: PrivateSigstore;

  constructor(scene: RegistryScene, stack: PrivateSigstore) {
    this.#scene = scene;
    this.#stack = stack;
  }

  /** Signs. @throws Error with what cosign and the services said */
  sign(image: string, form: Pick<KeylessForm, "signing">, token: string): Promise<void> {
    return this.#withToken(token, ["sign", ...form.signing, image]);
  }

  /** Attests. @throws Error with what cosign and the services said */
  attest(
    image: string,
    form: Pick<KeylessForm, "signing">,
    token: string,
    { type, predicate }: Attested,
  ): Promise<void> {
    return this.#withToken(token, ["attest", ...form.signing, `--type=${type}`, `--predicate=${predicate}`, image]);
  }

  /**
   * What cosign says of the signatures of an image, or of its attestations of a type.
   *
   * @param by from `signedBy`
   * @returns `accepted`, or what cosign printed as it refused
   */
  async verdict(
    image: string,
    form: Pick<KeylessForm, "verifying">,
    by: readonly string[],
    type?: string,
  ): Promise<string> {
    const command = type === undefined ? ["verify"] : ["verify-attestation", `--type=${type}`];
    const args = [...command, "--allow-http-registry", ...form.verifying, ...by, image];
    const { code, stderr } = await this.#scene.attempt("cosign", ...args);
    return code === 0 ? "accepted" : stderr;
  }

  /** The token travels in a file: arguments are for everybody to see. */
  async #withToken(token: string, args: readonly string[]): Promise<void> {
    const file = join(this.#scene.work, `token-${randomUUID()}`);
    await writeFile(file, token, { mode: 0o600 });
    try {
      await this.#scene.tool("cosign", ...args, `--identity-token=${file}`, "--allow-http-registry", "--yes");
    } catch (error) {
      throw new Error(`${String(error)}\n${this.#stack.lastOutput()}`, { cause: error });
    } finally {
      await rm(file);
    }
  }
}
