/** Admits work in order while its bytes fit. */
export class ByteRoom {
  readonly #most: number;
  readonly #waiting: { readonly bytes: number; readonly begin: () => void }[] = [];
  #used = 0;

  /** @param most the largest number of bytes at a time. Work with more runs alone */
  constructor(most: number) {
    this.#most = most;
  }

  /** Waits until the bytes fit. Resolves to a function that releases them. */
  async enter(bytes: number): Promise<() => void> {
    await new Promise<void>((begin) => {
      this.#waiting.push({ bytes, begin });
      this.#next();
    });
    let isLeft = false;
    return () => {
      if (isLeft) return;
      isLeft = true;
      this.#used -= bytes;
      this.#next();
    };
  }

  #next(): void {
    for (let first = this.#waiting[0]; first !== undefined; first = this.#waiting[0]) {
      if (this.#used > 0 && this.#used + first.bytes > this.#most) return;
      this.#used += first.bytes;
      this.#waiting.shift();
      first.begin();
    }
  }
}
