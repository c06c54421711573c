import { box, bytes16, bytes32 } from "../../mp4/write/box.ts";
import type { FrameSize } from "./size-of-frames.ts";
import type { StoredEntry } from "./stored-format.ts";

/** 72 dots per inch. */
const RESOLUTION = 0x48_0000;

/** The sample entry of a video. Source: ISO/IEC 14496-12, "VisualSampleEntry". */
export function visualEntry(type: string, { width, height }: FrameSize, configuration: Uint8Array): StoredEntry {
  const entry = box(
    type,
    bytes16(0, 0, 0, 1),
    new Uint8Array(16),
    bytes16(width, height),
    bytes32(RESOLUTION, RESOLUTION, 0),
    bytes16(1),
    new Uint8Array(32),
    bytes16(24, 0xffff),
    configuration,
  );
  return { box: entry, width, height };
}
