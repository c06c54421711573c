import { box, bytes16, bytes32, bytes64, fullBox, ascii } from "./box.ts";

/** The video of a file. */
export interface WrittenTrack {
  /** Units of time per second. */
  readonly timescale: number;
  /** The duration in these units. */
  readonly duration: number;
  /** The time of the first frame to show, in these units. Zero without B-frames. */
  readonly start: number;
  /** The sample entry of the codec. */
  readonly entry: Uint8Array;
  /** The matrix and the size of the box `tkhd`. */
  readonly display: Uint8Array;
  /** The tables of the frames. */
  readonly tables: readonly Uint8Array[];
}

const TRACK = 1;
/** A matrix that changes nothing. Source: ISO/IEC 14496-12, 6.2.2. */
const MATRIX: readonly number[] = [0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x4000_0000];
/** The language "und", packed. */
const UNDETERMINED = 0x55c4;

/** The matrix and the size of a track for frames of a size in pixels. */
export function displayOf(width: number, height: number): Uint8Array {
  return bytes32(...MATRIX, width * 0x10000, height * 0x10000);
}

/** The box `moov` of a file with one video. Source: ISO/IEC 14496-12, 8.2 to 8.5. */
export function movieBox({ timescale, duration, start, entry, display, tables }: WrittenTrack): Uint8Array {
  const header = fullBox(
    "mvhd",
    1,
    0,
    bytes64(0, 0),
    bytes32(timescale),
    bytes64(duration),
    bytes32(0x10000),
    bytes16(0x100, 0),
    bytes32(0, 0, ...MATRIX, 0, 0, 0, 0, 0, 0, TRACK + 1),
  );
  const trackHeader = fullBox(
    "tkhd",
    1,
    // Enabled, and part of the presentation.
    3,
    bytes64(0, 0),
    bytes32(TRACK, 0),
    bytes64(duration),
    bytes32(0, 0, 0, 0),
    display,
  );
  const mediaHeader = fullBox(
    "mdhd",
    1,
    0,
    bytes64(0, 0),
    bytes32(timescale),
    bytes64(duration),
    bytes16(UNDETERMINED, 0),
  );
  const handler = fullBox("hdlr", 0, 0, bytes32(0), ascii("vide"), bytes32(0, 0, 0), ascii("Video\0"));
  const data = box("dinf", fullBox("dref", 0, 0, bytes32(1), fullBox("url ", 0, 1)));
  const samples = box("stbl", fullBox("stsd", 0, 0, bytes32(1), entry), ...tables);
  const media = box("mdia", mediaHeader, handler, box("minf", fullBox("vmhd", 0, 1, bytes32(0, 0)), data, samples));
  // Without it, players would show nothing until the first frame that is shown.
  const edits = fullBox("elst", 1, 0, bytes32(1), bytes64(duration, start), bytes16(1, 0));
  const track = start === 0 ? box("trak", trackHeader, media) : box("trak", trackHeader, box("edts", edits), media);
  return box("moov", header, track);
}
