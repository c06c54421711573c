import { RerunError } from "@rerun-ts/core";
import { readField, type ProtobufField } from "@rerun-ts/core/rrd";
import { WIRE, scanVarint } from "./scalar-readers.ts";

/**
 * Reads the field at `at` of a message that ends at `end`, and returns the position after it. In contrast to the
 * messages of Rerun, it may be a group of proto2: its value are the fields before its end tag.
 *
 * @throws {Error} if the field is malformed
 */
export function readMessageField(bytes: Uint8Array, at: number, end: number, field: ProtobufField): number {
  if (wireTypeAt(bytes, at) !== WIRE.group) {
    readField(bytes, at, end, field);
    return field.end;
  }
  const start = scanVarint(bytes, at, end);
  // The tags of the groups around the current position.
  const open = [at];
  for (let next = start; next < end;) {
    const wireType = wireTypeAt(bytes, next);
    if (wireType !== WIRE.group && wireType !== WIRE.groupEnd) {
      readField(bytes, next, end, field);
      next = field.end;
      continue;
    }
    const after = scanVarint(bytes, next, end);
    if (wireType === WIRE.group) open.push(next);
    else if (numberAt(bytes, open.pop() as number) !== numberAt(bytes, next))
      throw new RerunError("INVALID_FORMAT", "a group of the protobuf message has the end of another one");
    if (open.length === 0) {
      Object.assign(field, { number: numberAt(bytes, at), wireType: WIRE.group, start, end: next });
      return after;
    }
    next = after;
  }
  throw new RerunError("INVALID_FORMAT", "a group of the protobuf message does not end");
}

function wireTypeAt(bytes: Uint8Array, at: number): number {
  return (bytes[at] as number) & 7;
}

/** The number of the field whose tag is at a position. */
function numberAt(bytes: Uint8Array, at: number): number {
  let number = ((bytes[at] as number) & 0x7f) >> 3;
  for (let factor = 16; ((bytes[at] as number) & 0x80) !== 0; factor *= 128)
    number += ((bytes[++at] as number) & 0x7f) * factor;
  return number;
}
