/** Decodes a stream of base64 whose pieces may end anywhere, and which may be a sequence of padded parts. */
export class Base64Decoder {
  #remainder = "";

  /** Decodes the next piece, as far as its groups of four characters are complete. */
  push(piece: Buffer): Buffer {
    const text = this.#remainder + piece.toString("latin1").replace(/[^A-Za-z0-9+/=]/g, "");
    const end = text.length - (text.length % 4);
    this.#remainder = text.slice(end);
    // Node stops decoding at padding, so each padded part is decoded separately.
    const parts = text.slice(0, end).match(/[^=]+=*/g) ?? [];
    return parts.length === 1
      ? Buffer.from(parts[0], "base64")
      : Buffer.concat(parts.map((part) => Buffer.from(part, "base64")));
  }
}
