import { LENGTH_DELIMITED } from "./varint.ts";

/** A field of a protobuf message: its number, its wire type, and the byte range of its value. */
export interface ProtobufField {
  number: number;
  wireType: number;
  /** Offset of the value. For a field that holds bytes, the offset after its length. */
  start: number;
  /** End of the value, where the next field begins. */
  end: number;
}

/** The error for bytes that are not a valid protobuf message. */
export class ProtobufError extends Error {}

/**
 * Calls `visit` for each field of the message between `start` and `end`. All calls receive the same, mutable object.
 * Source: the wire format, protobuf.dev/programming-guides/encoding.
 * @throws {ProtobufError} if the message is malformed
 */
export function forEachField(
  bytes: Uint8Array,
  start: number,
  end: number,
  visit: (field: ProtobufField) => void,
): void {
  const field: ProtobufField = { number: 0, wireType: 0, start, end: start };
  for (let at = start; at < end; at = field.end) {
    readField(bytes, at, end, field);
    visit(field);
  }
}

/**
 * Reads the field at `at` of a message that ends at `end` into `field`, for loops without a call per field.
 * @throws {ProtobufError} if the field is malformed
 */
export function readField(bytes: Uint8Array, at: number, end: number, field: ProtobufField): void {
  const tagEnd = varintEnd(bytes, at, end);
  const tag = readVarint(bytes, at, tagEnd);
  field.number = Math.floor(tag / 8);
  field.wireType = tag % 8;
  field.start = tagEnd;
  if (field.number === 0 || field.number >= 2 ** 29) throw new ProtobufError(`invalid field number ${field.number}`);
  switch (field.wireType) {
    case 0:
      field.end = varintEnd(bytes, tagEnd, end);
      break;
    case 1:
      field.end = tagEnd + 8;
      break;
    case LENGTH_DELIMITED:
      field.start = varintEnd(bytes, tagEnd, end);
      field.end = field.start + readVarint(bytes, tagEnd, field.start);
      break;
    case 5:
      field.end = tagEnd + 4;
      break;
    default:
      throw new ProtobufError(`invalid wire type ${field.wireType}`);
  }
  if (field.end > end) throw new ProtobufError("buffer underflow");
}

/** The position after the varint at `at`. */
function varintEnd(bytes: Uint8Array, at: number, end: number): number {
  const last = Math.min(end, at + 10);
  for (let next = at; next < last;) if ((bytes[next++] as number) < 0x80) return next;
  throw new ProtobufError("invalid varint");
}

/** The integer between `at` and `end`. Values above 2^53, which no length reaches, are not exact. */
export function readVarint(bytes: Uint8Array, at: number, end: number): number {
  let value = 0;
  let factor = 1;
  for (let next = at; next < end; next++) {
    value += ((bytes[next] as number) & 0x7f) * factor;
    factor *= 128;
  }
  return value;
}
