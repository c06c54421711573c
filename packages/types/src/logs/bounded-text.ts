/** A text that is being written and does not become longer than it may. */
export class BoundedText {
  readonly #maxLength: number;
  #text = "";
  #isFull = false;

  constructor(maxLength: number) {
    this.#maxLength = maxLength;
  }

  /** Whether something was cut off: there is no use in writing more. */
  get isFull(): boolean {
    return this.#isFull;
  }

  get isEmpty(): boolean {
    return this.#text === "";
  }

  add(piece: string): void {
    if (this.#isFull) return;
    const room = this.#maxLength - this.#text.length;
    this.#isFull = piece.length > room;
    this.#text += this.#isFull ? withoutHalfPair(piece.slice(0, room)) : piece;
  }

  /** Adds it in quotes, as JSON has it. */
  addQuoted(piece: string): void {
    // What follows would be cut off anyway, and texts may be huge.
    this.add(JSON.stringify(piece.slice(0, this.#maxLength + 1)));
  }

  toString(): string {
    return this.#isFull ? `${this.#text}…` : this.#text;
  }
}

/** Cutting may part a surrogate pair. */
function withoutHalfPair(text: string): string {
  return /[\ud800-\udbff]$/.test(text) ? text.slice(0, -1) : text;
}
