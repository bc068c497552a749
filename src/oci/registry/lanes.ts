/**
 * Counts the connections on which large blobs travel. A blob has one at any time; where fewer than so many are in use,
 * it may have more.
 */
export class Lanes {
  readonly most: number;
  #used = 0;

  constructor(most: number) {
    this.most = most;
  }

  /** Whether more are in use than there are, because more blobs came. */
  get crowded(): boolean {
    return this.#used > this.most;
  }

  get idle(): boolean {
    return this.#used < this.most;
  }

  /** Takes one, idle or not. */
  enter(): Disposable {
    this.#used += 1;
    let left = false;
    return {
      [Symbol.dispose]: () => {
        if (!left) this.#used -= 1;
        left = true;
      },
    };
  }

  /** Takes an idle one. */
  borrow(): Disposable | undefined {
    return this.idle ? this.enter() : undefined;
  }
}
