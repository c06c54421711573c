import { RerunError } from "@rerun-ts/core";
import type { NumberColumn } from "../columns/number-column.ts";

/** The serialization of messages: CDR for ROS 2, that of ROS 1 without alignment. */
export type WireFormat = "cdr" | "ros1";

/** The representations in the second byte of CDR messages. Source: DDS-XTypes 1.3, 7.6.3.1.2. */
const CDR_KINDS: Readonly<Record<number, { readonly isLittle: boolean; readonly alignment: number }>> = {
  0: { isLittle: false, alignment: 8 },
  1: { isLittle: true, alignment: 8 },
  6: { isLittle: false, alignment: 4 },
  7: { isLittle: true, alignment: 4 },
};
const HEADER_BYTES = 4;

/** Reads the values of serialized ROS messages straight into columns. All reads are checked against the message's end. */
export class WireReader {
  readonly #format: WireFormat;
  #bytes: Uint8Array = new Uint8Array(0);
  #view = new DataView(this.#bytes.buffer);
  #at = 0;
  #origin = 0;
  #isLittle = true;
  #alignment = 1;

  constructor(format: WireFormat) {
    this.#format = format;
  }

  /** Begins a message. @throws {RerunError} `UNSUPPORTED` if its CDR representation is another one */
  start(bytes: Uint8Array): void {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#at = 0;
    if (this.#format === "ros1") return;
    if (bytes.byteLength < HEADER_BYTES) throw truncated();
    const kind = CDR_KINDS[bytes[1] as number];
    if (kind === undefined)
      throw new RerunError("UNSUPPORTED", `the CDR representation ${bytes[1]} is not supported (plain CDR is)`);
    this.#isLittle = kind.isLittle;
    this.#alignment = kind.alignment;
    this.#at = this.#origin = HEADER_BYTES;
  }

  /** The number of bytes that are not read yet. */
  get remaining(): number {
    return this.#bytes.byteLength - this.#at;
  }

  /** Reads one number. */
  readNumber(column: NumberColumn): void {
    const { width } = column;
    const view = this.#view;
    const at = this.#take(width, width);
    const isLittle = this.#isLittle;
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
    if (!this.#isLittle && width > 1) {
      this.checkCount(count, width);
      for (let index = 0; index < count; index++) this.readNumber(column);
      return;
    }
    const at = this.#take(width, width * count);
    column.pushBytes(this.#bytes.subarray(at, at + width * count));
  }

  /** Reads bytes. */
  bytes(count: number): Uint8Array {
    const at = this.#take(1, count);
    return this.#bytes.subarray(at, at + count);
  }

  /** Reads the number of items of a sequence, each of which takes at least `size` bytes. */
  count(size: number): number {
    const count = this.#uint32();
    this.checkCount(count, size);
    return count;
  }

  /** @throws {RerunError} `INVALID_FORMAT` if so many items cannot follow */
  checkCount(count: number, size: number): void {
    if (count * size > this.remaining) throw truncated();
  }

  /** Reads a string as UTF-8, without its terminating zero. */
  text(): Uint8Array {
    const bytes = this.bytes(this.#uint32());
    return bytes.byteLength > 0 && this.#format === "cdr" ? bytes.subarray(0, -1) : bytes;
  }

  #uint32(): number {
    const at = this.#take(4, 4);
    return this.#view.getUint32(at, this.#isLittle);
  }

  /** The position of the next value, aligned. */
  #take(alignment: number, length: number): number {
    let at = this.#at;
    const padded = alignment < this.#alignment ? alignment : this.#alignment;
    if (padded > 1) at += (padded - ((at - this.#origin) % padded)) % padded;
    if (at + length > this.#bytes.byteLength) throw truncated();
    this.#at = at + length;
    return at;
  }
}

function truncated(): RerunError {
  return new RerunError("INVALID_FORMAT", "the message ends before its last field");
}
