/** The type of an OBU that is a sequence header. Source: AV1 bitstream specification, 6.2.2. */
const SEQUENCE_HEADER = 1;

/** Whether a frame of VP8 is a key frame. Source: RFC 6386, 9.1. */
export function isVp8Keyframe(frame: Uint8Array): boolean {
  return frame.byteLength > 0 && ((frame[0] as number) & 1) === 0;
}

/** Whether a frame of VP9 is a key frame. Source: VP9 bitstream specification, 6.2. */
export function isVp9Keyframe(frame: Uint8Array): boolean {
  const [first = 0] = frame;
  const isProfile3 = (first & 0x30) === 0x30;
  // After the marker and the profile: whether a known frame is shown, and the type of the frame.
  const bits = isProfile3 ? first >> 1 : first >> 2;
  return frame.byteLength > 0 && (bits & 3) === 0;
}

/** Whether a temporal unit of AV1 has a sequence header, with which decoders can start. Source: as above, 5.3. */
export function isAv1Keyframe(unit: Uint8Array): boolean {
  for (let at = 0; at < unit.byteLength;) {
    const header = unit[at] as number;
    if (((header >> 3) & 15) === SEQUENCE_HEADER) return true;
    at += (header & 4) === 0 ? 1 : 2;
    // An OBU without a size extends to the end.
    if ((header & 2) === 0) return false;
    let size = 0;
    for (let shift = 0, byte = 0x80; (byte & 0x80) !== 0 && shift < 56; shift += 7) {
      byte = unit[at++] ?? 0;
      size += (byte & 0x7f) * 2 ** shift;
    }
    at += size;
  }
  return false;
}
