import { readPackId } from "../nats/pack.ts";

/**
 * Packs with missing pieces, in any order. Above the limit the oldest are dropped, because producers send them again.
 */
export class PackAssembler {
  readonly #maxBytes: number;
  #bytes = 0;
  readonly #packs = new Map<string, { readonly pieces: Map<number, Uint8Array>; bytes: number }>();

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Bytes of incomplete packs. */
  get bytes(): number {
    return this.#bytes;
  }

  /**
   * Takes a message. Returns the pack that is now complete.
   * @throws {RerunError} if the message is not part of a pack
   */
  add(message: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> | undefined {
    const { run, number, piece } = readPackId(message);
    if (piece === undefined) return message;
    const key = `${run} ${number} ${piece.attempt} ${piece.count}`;
    let pack = this.#packs.get(key);
    if (pack === undefined) {
      pack = { pieces: new Map(), bytes: 0 };
      this.#packs.set(key, pack);
    }
    if (pack.pieces.has(piece.index)) return undefined;
    pack.pieces.set(piece.index, piece.bytes);
    pack.bytes += piece.bytes.byteLength;
    this.#bytes += piece.bytes.byteLength;
    if (pack.pieces.size === piece.count) {
      this.#forget(key);
      return join(pack.pieces, pack.bytes);
    }
    for (const oldest of this.#packs.keys()) {
      if (this.#bytes <= this.#maxBytes || oldest === key) break;
      this.#forget(oldest);
    }
    return undefined;
  }

  #forget(key: string): void {
    this.#bytes -= this.#packs.get(key)?.bytes ?? 0;
    this.#packs.delete(key);
  }
}

function join(pieces: ReadonlyMap<number, Uint8Array>, length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  let at = 0;
  for (let index = 0; index < pieces.size; index++) {
    const piece = pieces.get(index) as Uint8Array;
    bytes.set(piece, at);
    at += piece.byteLength;
  }
  return bytes;
}
