import { RerunError } from "@rerun-ts/core";

/** A unit of AV1. */
export interface Obu {
  readonly type: number;
  /** The unit with its header. */
  readonly bytes: Uint8Array;
  readonly payload: Uint8Array;
  /** Whether the unit has its size. Otherwise it extends to the end of the frame. */
  readonly hasSize: boolean;
}

/** The units of a frame. @throws {RerunError} `INVALID_FORMAT` if it is damaged. Source: AV1 specification, 5.3 */
export function obusIn(frame: Uint8Array): Obu[] {
  const found: Obu[] = [];
  for (let start = 0; start < frame.byteLength;) {
    const header = frame[start] as number;
    const hasSize = (header & 2) !== 0;
    let at = start + ((header & 4) === 0 ? 1 : 2);
    let size = frame.byteLength - at;
    if (hasSize) {
      size = 0;
      for (let shift = 0, byte = 0x80; (byte & 0x80) !== 0; shift += 7) {
        byte = frame[at++] ?? 0xff;
        size += (byte & 0x7f) * 2 ** shift;
        if (shift > 49) throw damaged();
      }
    }
    const end = at + size;
    if ((header & 0x80) !== 0 || size < 0 || end > frame.byteLength) throw damaged();
    found.push({
      type: (header >> 3) & 15,
      bytes: frame.subarray(start, end),
      payload: frame.subarray(at, end),
      hasSize,
    });
    start = end;
  }
  return found;
}

function damaged(): RerunError {
  return new RerunError("INVALID_FORMAT", "it does not consist of OBUs of AV1");
}
