import { RerunError } from "@rerun-ts/core";

/**
 * The NAL units of a frame in Annex B form, without start codes and zeros around them. Source: ITU-T H.264, annex B.
 *
 * @throws {RerunError} `INVALID_FORMAT` if the frame is in another form
 */
export function nalUnits(frame: Uint8Array): Uint8Array[] {
  const units: Uint8Array[] = [];
  let start = -1;
  const add = (end: number): void => {
    if (start < 0) {
      for (let at = 0; at < end; at++) if (frame[at] !== 0) throw notAnnexB();
      return;
    }
    let last = end;
    while (last > start && frame[last - 1] === 0) last--;
    if (last > start) units.push(frame.subarray(start, last));
  };
  for (let at = frame.indexOf(1, 2); at > 0; at = frame.indexOf(1, at + 1)) {
    if (frame[at - 1] !== 0 || frame[at - 2] !== 0 || at - 2 < start) continue;
    add(at - 2);
    start = at + 1;
  }
  add(frame.byteLength);
  if (units.length === 0) throw notAnnexB();
  return units;
}

/** The number of bytes of a NAL unit that are read: longer parameter sets are damaged. */
const MAX_PAYLOAD = 0xffff;

/** The payload of a NAL unit without the bytes that prevent start codes. Source: ITU-T H.264, 7.4.1. */
export function payloadOf(unit: Uint8Array, headerBytes: number): Uint8Array {
  const payload: number[] = [];
  let zeros = 0;
  for (const byte of unit.subarray(headerBytes, MAX_PAYLOAD)) {
    if (zeros >= 2 && byte === 3) {
      zeros = 0;
      continue;
    }
    zeros = byte === 0 ? zeros + 1 : 0;
    payload.push(byte);
  }
  return Uint8Array.from(payload);
}

function notAnnexB(): RerunError {
  return new RerunError("INVALID_FORMAT", "it is not in Annex B form, with a start code before each NAL unit");
}
