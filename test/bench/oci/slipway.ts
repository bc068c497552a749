import { rm } from "node:fs/promises";
import { join } from "node:path";
import { succeed } from "../../support/command-line.ts";
import { withPeakMemory } from "../peak-memory.ts";
import type { Tool } from "./tool.ts";

/** The built command line, in a folder with `model.yaml`. */
export class Slipway implements Tool {
  readonly name = "slipway";
  readonly #work: string;
  readonly #cache: string;
  /** Of what was pushed last; nothing is pulled without one. */
  #digest = "";
  #peak = 0;

  constructor(work: string) {
    this.#work = work;
    this.#cache = join(work, "cache");
  }

  /** The most memory that any of its processes had, in MB. */
  get peakMemory(): number {
    return this.#peak / 1e6;
  }

  async push(host: string): Promise<number> {
    // Digests of files and uploads under way are remembered there; a first push knows nothing.
    await rm(this.#cache, { recursive: true, force: true });
    return this.again(host);
  }

  async again(host: string): Promise<number> {
    const [took, { subject = "" }] = await this.#run("package", "model.yaml", "--store", `${host}/bench/model`);
    this.#digest = subject;
    return took;
  }

  async pull(host: string, target: string): Promise<number> {
    const [took] = await this.#run("pull", `${host}/bench/model@${this.#digest}`, "--target", target);
    return took;
  }

  async #run(...args: readonly string[]): Promise<[number, Record<string, string>]> {
    const env = { PATH: process.env["PATH"] ?? "", HOME: this.#work, XDG_CACHE_HOME: this.#cache };
    const started = performance.now();
    const [outputs, peak] = await withPeakMemory(() => succeed(args, this.#work, { env }));
    const took = performance.now() - started;
    this.#peak = Math.max(this.#peak, peak);
    return [took, outputs];
  }
}
