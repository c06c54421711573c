import { RerunError } from "@rerun-ts/core";
import type { BoolColumn, BytesColumn } from "../columns/leaf-columns.ts";
import type { NumberColumn } from "../columns/number-column.ts";

/** The serialization of messages: CDR for ROS 2, and the format of ROS 1, which has no alignment. */
export type WireFormat = "cdr" | "ros1";

/** The representations in the second byte of CDR messages. Source: DDS-XTypes 1.3, 7.6.3.1.2. */
const CDR_KINDS: Readonly<Record<number, { readonly isLittle: boolean; readonly alignment: number }>> = {
  0: { isLittle: false, alignment: 8 },
  1: { isLittle: true, alignment: 8 },
  6: { isLittle: false, alignment: 4 },
  7: { isLittle: true, alignment: 4 },
};
const HEADER_BYTES = 4;

/** Reads the values of serialized ROS messages straight into columns. No read goes beyond the message's end. */
export class WireReader {
  readonly #format: WireFormat;
  #bytes: Uint8Array = new Uint8Array(0);
  /** A view of the bytes in which the message lies. */
  view: DataView = new DataView(this.#bytes.buffer);
  #at = 0;
  #end = 0;
  #origin = 0;
  /** Whether numbers have their lowest byte first. */
  isLittle = true;
  #alignment = 1;

  constructor(format: WireFormat) {
    this.#format = format;
  }

  /** Begins the message in a range of bytes. @throws {RerunError} `UNSUPPORTED` if the CDR representation is unknown */
  start(bytes: Uint8Array, start: number, end: number): void {
    if (bytes !== this.#bytes) {
      this.#bytes = bytes;
      this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    }
    this.#at = this.#origin = start;
    this.#end = end;
    if (this.#format === "ros1") return;
    if (end - start < HEADER_BYTES) throw truncated();
    const kind = CDR_KINDS[bytes[start + 1] as number];
    if (kind === undefined)
      throw new RerunError("UNSUPPORTED", `the CDR representation ${bytes[start + 1]} is not supported (plain CDR is)`);
    this.isLittle = kind.isLittle;
    this.#alignment = kind.alignment;
    this.#at = this.#origin = start + HEADER_BYTES;
  }

  /** The number of bytes that are not read yet. */
  get remaining(): number {
    return this.#end - this.#at;
  }

  /** Reads one number. */
  readNumber(column: NumberColumn): void {
    const { width } = column;
    const view = this.view;
    const at = this.take(width, width);
    const isLittle = this.isLittle;
    switch (column.kind) {
      case "float64":
        return column.push(view.getFloat64(at, isLittle));
      case "float32":
        return column.push(view.getFloat32(at, isLittle));
      case "uint32":
        return column.push(view.getUint32(at, isLittle));
      case "int32":
        return column.push(view.getInt32(at, isLittle));
      case "uint8":
        return column.push(view.getUint8(at));
      case "int8":
        return column.push(view.getInt8(at));
      case "uint16":
        return column.push(view.getUint16(at, isLittle));
      case "int16":
        return column.push(view.getInt16(at, isLittle));
      case "uint64":
        return column.push(view.getBigUint64(at, isLittle));
      case "int64":
        return column.push(view.getBigInt64(at, isLittle));
    }
  }

  /** Reads numbers that lie one after the other. */
  readNumbers(column: NumberColumn, count: number): void {
    const { width } = column;
    if (count === 0) return;
    if (!this.isLittle && width > 1) {
      this.checkCount(count, width);
      for (let index = 0; index < count; index++) this.readNumber(column);
      return;
    }
    const at = this.take(width, width * count);
    column.pushBytes(this.#bytes, at, at + width * count);
  }

  /** Reads a truth value. */
  readBool(column: BoolColumn): void {
    column.push(this.#bytes[this.take(1, 1)] !== 0);
  }

  /** Reads the number of items of a sequence, each of which takes at least `size` bytes. */
  count(size: number): number {
    const count = this.#uint32();
    this.checkCount(count, size);
    return count;
  }

  /** @throws {RerunError} `INVALID_FORMAT` if this many items cannot follow */
  checkCount(count: number, size: number): void {
    if (count * size > this.remaining) throw truncated();
  }

  /** Reads a string of UTF-8, without its terminating zero. */
  readText(column: BytesColumn): void {
    const length = this.#uint32();
    const at = this.take(1, length);
    const end = at + length - (length > 0 && this.#format === "cdr" ? 1 : 0);
    column.pushBytes(this.#bytes, at, end);
  }

  #uint32(): number {
    const at = this.take(4, 4);
    return this.view.getUint32(at, this.isLittle);
  }

  /** Skips a value. Returns its position, which is aligned. @throws {RerunError} `INVALID_FORMAT` at the end */
  take(alignment: number, length: number): number {
    let at = this.#at;
    const padded = alignment < this.#alignment ? alignment : this.#alignment;
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
