import type { RegistryScene } from "../../interop/support/registry-scene.ts";
import { Figures } from "../oci/figures.ts";
import { withPeakMemory } from "../peak-memory.ts";
import { countingLink, type SeenRequest } from "./counting-link.ts";

/** Runs programs beside a registry and writes down what they took, in milliseconds. */
export class Meter {
  readonly figures = new Figures();
  readonly #scene: RegistryScene;
  #peak = 0;

  constructor(scene: RegistryScene) {
    this.#scene = scene;
  }

  /** The most memory that any process of Slipway had, in MB. */
  get peakMemory(): number {
    return this.#peak / 1e6;
  }

  async slipway(name: string, ...args: readonly string[]): Promise<void> {
    const [, peak] = await withPeakMemory(() => this.timed(name, () => this.#scene.slipway(...args)));
    this.#peak = Math.max(this.#peak, peak);
  }

  cosign(name: string, ...args: readonly string[]): Promise<void> {
    return this.timed(name, () => this.#scene.tool("cosign", ...args));
  }

  async timed(name: string, work: () => Promise<unknown>): Promise<void> {
    const started = performance.now();
    await work();
    this.figures.note(name, performance.now() - started);
  }

  /** What a step asks the registry for, in one more run of it that is not timed. */
  async requests(args: (host: string) => readonly string[]): Promise<readonly SeenRequest[]> {
    await using link = await countingLink(this.#scene.host);
    await this.#scene.slipway(...args(link.host));
    return [...link.seen];
  }
}
