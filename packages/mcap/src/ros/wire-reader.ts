import { RerunError } from "@rerun-ts/core";
import type { BytesColumn } from "../columns/leaf-columns.ts";
import type { NumberColumn } from "../columns/number-column.ts";
import { MessageSource, NO_SOURCE, type Encoding } from "./message-source.ts";

/** The serialization of messages: CDR for ROS 2, and the format of ROS 1, which has no alignment. */
export type WireFormat = "cdr" | "ros1";

/** The representations in the second byte of CDR messages. Source: DDS-XTypes 1.3, 7.6.3.1.2. */
const CDR_KINDS: Readonly<Record<number, Encoding>> = {
  0: { isLittle: false, alignment: 8 },
  1: { isLittle: true, alignment: 8 },
  6: { isLittle: false, alignment: 4 },
  7: { isLittle: true, alignment: 4 },
};
const HEADER_BYTES = 4;
/** To copy so few numbers one by one is faster than a part of an array. */
const FEW = 16;
const ROS1: Encoding = { isLittle: true, alignment: 1 };

/** Reads the values of serialized ROS messages straight into columns. No read goes beyond the message's end. */
export class WireReader {
  readonly #format: WireFormat;
  /** The bytes in which the message lies. */
  source: MessageSource = NO_SOURCE;
  #at = 0;
  #end = 0;
  #origin = 0;

  constructor(format: WireFormat) {
    this.#format = format;
  }

  /** Begins the message in a range of bytes. @throws {RerunError} `UNSUPPORTED` if the CDR representation is unknown */
  start(bytes: Uint8Array, start: number, end: number): void {
    const headerBytes = this.#format === "cdr" ? HEADER_BYTES : 0;
    if (end - start < headerBytes) throw truncated();
    const encoding = this.#format === "cdr" ? CDR_KINDS[bytes[start + 1] as number] : ROS1;
    if (encoding === undefined)
      throw new RerunError("UNSUPPORTED", `the CDR representation ${bytes[start + 1]} is not supported (plain CDR is)`);
    if (bytes !== this.source.bytes || encoding !== this.source.encoding)
      this.source = new MessageSource(bytes, encoding);
    this.#at = this.#origin = start + headerBytes;
    this.#end = end;
  }

  /** Reads numbers that lie one after the other. */
  readNumbers(column: NumberColumn, count: number): void {
    // Nothing is not aligned.
    if (count === 0) return;
    const { width } = column;
    const at = this.take(width, width * count);
    const { bytes, isLittle } = this.source;
    if (column.kind === "float64" && count <= FEW) return this.#copyDoubles(column, at, count);
    column.pushBytes(bytes, at, at + width * count);
    if (!isLittle && width > 1) column.swapBytes(count);
  }

  /** Reads the number of items of a sequence, each of which takes at least `size` bytes. */
  count(size: number): number {
    const { view, isLittle } = this.source;
    const count = view.getUint32(this.take(4, 4), isLittle);
    this.checkCount(count, size);
    return count;
  }

  /** @throws {RerunError} `INVALID_FORMAT` if this many items cannot follow */
  checkCount(count: number, size: number): void {
    if (count * size > this.#end - this.#at) throw truncated();
  }

  /** Reads a string of UTF-8, without its terminating zero, which some writers leave out. */
  readText(column: BytesColumn): void {
    const { bytes, view, isLittle } = this.source;
    const length = view.getUint32(this.take(4, 4), isLittle);
    const at = this.take(1, length);
    const isTerminated = length > 0 && this.#format === "cdr" && bytes[at + length - 1] === 0;
    const end = at + length - (isTerminated ? 1 : 0);
    if (!column.pushShort(view, at, end)) column.pushBytes(bytes, at, end);
  }

  #copyDoubles(column: NumberColumn, at: number, count: number): void {
    const { view, isLittle } = this.source;
    let to = column.reserve(count) * 8;
    const out = column.view;
    for (const end = at + count * 8; at < end; at += 8) {
      out.setFloat64(to, view.getFloat64(at, isLittle), true);
      to += 8;
    }
  }

  /** Skips a value. Returns its position, which is aligned. @throws {RerunError} `INVALID_FORMAT` at the end */
  take(alignment: number, length: number): number {
    let at = this.#at;
    const largest = this.source.alignment;
    const padded = alignment < largest ? alignment : largest;
    // A mask works, because alignments are powers of two.
    at += (this.#origin - at) & (padded - 1);
    if (at + length > this.#end) throw truncated();
    this.#at = at + length;
    return at;
  }
}

function truncated(): RerunError {
  return new RerunError("INVALID_FORMAT", "the message ends before its last field");
}
