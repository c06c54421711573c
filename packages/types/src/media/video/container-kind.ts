/** The first bytes of containers that are not a stream of frames, and what to do with them. */
const CONTAINERS: readonly (readonly [bytes: readonly number[], kind: string])[] = [
  [[0x1a, 0x45, 0xdf, 0xa3], "Matroska or WebM: convert it with `ffmpeg -c:v copy`"],
  [[0x52, 0x49, 0x46, 0x46], "AVI: convert it with `ffmpeg -c:v copy`"],
  [[0x47, 0x40], "MPEG-TS: convert it with `ffmpeg -c:v copy`"],
  [[0x46, 0x4c, 0x56], "FLV: convert it with `ffmpeg -c:v copy`"],
  [[0x12, 0x00, 0x0a], "AV1 without IVF: write it with `ffmpeg -f ivf`"],
];
/** The smallest size of the first box of an MP4 file. */
const MIN_BOX_BYTES = 8;

/** The kind of a file that is not a stream of frames, from its first four bytes, or `undefined`. */
export function containerKind(beginning: Uint8Array): string | undefined {
  const [first, second, third, fourth = 0] = beginning;
  // The size of the box `ftyp`. A start code of H.264 has 1 here.
  if (first === 0 && second === 0 && third === 0 && fourth >= MIN_BOX_BYTES) return "MP4: use `video.mp4Samples`";
  return CONTAINERS.find(([bytes]) => bytes.every((byte, at) => beginning[at] === byte))?.[1];
}
