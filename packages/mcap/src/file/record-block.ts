import { RerunError } from "@rerun-ts/core";
import { OP, RECORD_HEADER, type McapChunkHeader } from "./records.ts";

/** Records that lie one after the other, with the current one among them. */
export class RecordBlock {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  /** The kind of the current record. */
  op = 0;
  /** The beginning of the contents of the current record, in `bytes`. */
  start = 0;
  /** The end of the current record, in `bytes`. */
  end = 0;
  /** The chunk, if this is its record. The block has no more of it. */
  chunk: McapChunkHeader | undefined;
  readonly #offset: number;
  readonly #isChunk: boolean;

  /**
   * @param offset the position of the bytes in the file
   * @param isChunk whether these are the decompressed records of the chunk at that position
   */
  constructor(bytes: Uint8Array, offset: number, isChunk: boolean) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#offset = offset;
    this.#isChunk = isChunk;
  }

  /** A block with only the record of a chunk. */
  static ofChunk(chunk: McapChunkHeader, position: number): RecordBlock {
    const record = new Uint8Array(RECORD_HEADER);
    record[0] = OP.chunk;
    const block = new RecordBlock(record, position, false);
    block.chunk = chunk;
    return block;
  }

  /**
   * Moves to the next record. Returns `false` at the end.
   * @throws {RerunError} `INVALID_FORMAT` if the record is incomplete
   */
  next(): boolean {
    const at = this.end;
    if (at === this.bytes.byteLength) return false;
    const isWhole = at + RECORD_HEADER <= this.bytes.byteLength;
    const end = isWhole ? at + RECORD_HEADER + this.#lengthAt(at + 1) : Infinity;
    if (end > this.bytes.byteLength) {
      this.end = this.bytes.byteLength;
      throw new RerunError("INVALID_FORMAT", "the last record of a chunk is incomplete");
    }
    this.op = this.bytes[at] as number;
    this.start = at + RECORD_HEADER;
    this.end = end;
    return true;
  }

  /** A length, from its halves, because a bigint for each record would take longer than the rest. */
  #lengthAt(at: number): number {
    return this.view.getUint32(at, true) + this.view.getUint32(at + 4, true) * 2 ** 32;
  }

  /** The contents of the current record. */
  get record(): Uint8Array {
    return this.bytes.subarray(this.start, this.end);
  }

  /** The position of the current record in the file. For a record in a chunk, the position of the chunk. */
  get position(): number {
    return this.#isChunk ? this.#offset : this.#offset + this.start - RECORD_HEADER;
  }
}
