import { joinPieces, readPackId } from "../nats/pack.ts";

/** Pieces are dropped after this time without another one of their pack: their producer may have ended. */
const MAX_AGE_MS = 600_000;

interface IncompletePack {
  readonly pieces: Map<number, Uint8Array>;
  bytes: number;
  changedAt: number;
}

/**
 * Packs with missing pieces, in any order. The oldest are dropped above the limit and after ten minutes, because
 * producers send them again.
 */
export class PackAssembler {
  readonly #maxBytes: number;
  #bytes = 0;
  readonly #now: () => number;
  /** The pack that has changed last is the last one. */
  readonly #packs = new Map<string, IncompletePack>();

  constructor(maxBytes: number, now: () => number = () => performance.now()) {
    this.#maxBytes = maxBytes;
    this.#now = now;
  }

  /** Bytes of incomplete packs. */
  get bytes(): number {
    return this.#bytes;
  }

  /**
   * Takes a message. Returns the pack that is now complete.
   * @throws {RerunError} `INVALID_FORMAT` if the message is not part of a pack, or a piece of the pack was damaged
   */
  add(message: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> | undefined {
    const { run, number, piece } = readPackId(message);
    if (piece === undefined) return message;
    const key = `${run} ${number} ${piece.hash} ${piece.count}`;
    const pack = this.#packs.get(key) ?? { pieces: new Map<number, Uint8Array>(), bytes: 0, changedAt: 0 };
    if (pack.pieces.has(piece.index)) return undefined;
    pack.changedAt = this.#now();
    this.#packs.delete(key);
    this.#packs.set(key, pack);
    pack.pieces.set(piece.index, piece.bytes);
    pack.bytes += piece.bytes.byteLength;
    this.#bytes += piece.bytes.byteLength;
    if (pack.pieces.size === piece.count) {
      this.#forget(key);
      return joinPieces(
        Array.from({ length: piece.count }, (_, index) => pack.pieces.get(index) as Uint8Array),
        piece.hash,
      );
    }
    for (const [oldest, { changedAt }] of this.#packs) {
      const isOld = this.#now() - changedAt > MAX_AGE_MS;
      if (oldest === key || (this.#bytes <= this.#maxBytes && !isOld)) break;
      this.#forget(oldest);
    }
    return undefined;
  }

  #forget(key: string): void {
    this.#bytes -= this.#packs.get(key)?.bytes ?? 0;
    this.#packs.delete(key);
  }
}
