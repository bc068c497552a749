import { median } from "../../../scripts/bench/measurement.ts";

/** What was measured in the rounds of a scene, by name. */
export class Figures {
  readonly #values = new Map<string, number[]>();

  note(name: string, value: number): void {
    this.#values.set(name, [...(this.#values.get(name) ?? []), value]);
  }

  /** The median of the rounds; NaN, which no budget allows, of what was never measured. */
  of(name: string): number {
    return median(this.#values.get(name) ?? []);
  }

  ratio(name: string, other: string): number {
    return this.of(name) / this.of(other);
  }

  sum(name: string): number {
    return (this.#values.get(name) ?? []).reduce((sum, value) => sum + value, 0);
  }
}
