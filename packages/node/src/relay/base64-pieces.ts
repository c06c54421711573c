/** Decodes base64 that comes in pieces, each of which may end anywhere; parts that are padded may follow each other. */
export class Base64Pieces {
  #rest = "";

  /** The bytes that the next piece completes. */
  push(piece: Buffer): Buffer {
    const text = this.#rest + piece.toString("latin1").replace(/[^A-Za-z0-9+/=]/g, "");
    const whole = text.length - (text.length % 4);
    this.#rest = text.slice(whole);
    // Node stops at padding, and so each padded part is decoded by itself.
    const parts = text.slice(0, whole).match(/[^=]+=*/g) ?? [];
    return parts.length === 1
      ? Buffer.from(parts[0], "base64")
      : Buffer.concat(parts.map((part) => Buffer.from(part, "base64")));
  }
}
