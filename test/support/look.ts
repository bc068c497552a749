/** Any number of small decisions, drawn from one number; from 0 all of them are the first choice. */
export class Look {
  readonly #look: number;
  #left: number;
  #rounds = 1;

  /** @param look a safe natural number */
  constructor(look: number) {
    this.#look = look;
    this.#left = look;
  }

  /** From 0 to `most`. */
  upTo(most: number): number {
    if (this.#left === 0) {
      this.#rounds += 1;
      // Any other number will do, as long as it is always the same.
      this.#left = (this.#look * 48_271 * this.#rounds) % 2_147_483_647;
    }
    const drawn = this.#left % (most + 1);
    this.#left = Math.floor(this.#left / (most + 1));
    return drawn;
  }

  /** True once in so many times. */
  one(of: number): boolean {
    return this.upTo(of - 1) === 1;
  }

  of<T>(choices: readonly T[]): T {
    const chosen = choices[this.upTo(choices.length - 1)];
    if (chosen === undefined) throw new Error("there is nothing to choose from");
    return chosen;
  }
}
