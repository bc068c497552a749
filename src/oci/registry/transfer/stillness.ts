/** Notices that nothing moves. */
export class Stillness implements Disposable {
  #moved = true;
  readonly #timer: NodeJS.Timeout;

  /**
   * @param ms how long nothing may move; it is noticed within half as long again
   * @param onStill called once
   */
  constructor(ms: number, onStill: () => void) {
    let quiet = 0;
    // A thread that was busy for long looks twice before it blames the other side.
    this.#timer = setInterval(() => {
      quiet = this.#moved ? 0 : quiet + 1;
      this.#moved = false;
      if (quiet < 2) return;
      clearInterval(this.#timer);
      onStill();
    }, ms / 2);
  }

  moved(): void {
    this.#moved = true;
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}
