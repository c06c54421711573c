import { CODECS_BY_NUMBER, isKeyframe, type VideoCodec } from "@rerun-ts/types/media";
import type { Data } from "apache-arrow";
import type { ChunkData } from "../store/chunk-data.ts";
import { binaryAt, first, integerAt, cellsOf } from "../video/video-cells.ts";
import { CODEC, IS_KEYFRAME, SAMPLE } from "../video/video-components.ts";
import type { Cell } from "./cell.ts";

/** The codecs by their numbers in files, and a bit for each. */
const CODECS: ReadonlyMap<number, { readonly codec: VideoCodec; readonly bit: number }> = new Map(
  [...CODECS_BY_NUMBER].map(([number, codec], index) => [number, { codec, bit: 1 << index }]),
);
const ALL = (1 << CODECS.size) - 1;

/** A frame, and the codecs for which it would be a key frame, because the codec may be known only later. */
interface Frame extends Cell {
  readonly keyOf: number;
}

/** The frames of one entity. */
export class VideoFrames {
  readonly #frames: Frame[] = [];
  /** The bit of the codec. */
  #codec = 0;

  /** Looks for the codec in a chunk, which mostly is a static one. */
  addCodec(chunk: ChunkData): void {
    this.#codec = codecBit(chunk) ?? this.#codec;
  }

  /** Adds a frame of a chunk. */
  add(cell: Cell, chunk: ChunkData, samples: Data): void {
    this.#frames.push({ ...cell, keyOf: keyframeBits(cellsOf(chunk, IS_KEYFRAME), samples, cell.row) });
  }

  /** The frames that a decoder needs to start at a time: those from the last key frame on. */
  before(time: bigint, isLater: (a: Cell, b: Cell) => boolean): readonly Cell[] {
    let key: Frame | undefined;
    for (const frame of this.#frames) {
      const isKey = frame.time <= time && (frame.keyOf & this.#codec) !== 0;
      if (isKey && (key === undefined || isLater(frame, key))) key = frame;
    }
    const start = key;
    if (start === undefined) return [];
    return this.#frames.filter((frame) => frame.time < time && (frame === start || isLater(frame, start)));
  }
}

/** The bit of the last codec in a chunk, or `undefined` if it has none. */
export function codecBit(chunk: ChunkData): number | undefined {
  const values = cellsOf(chunk, CODEC);
  let bit: number | undefined;
  for (let row = 0; row < (values?.length ?? 0); row++) {
    const number = first(values, row, integerAt);
    bit = CODECS.get(number ?? 0)?.bit ?? bit;
  }
  return bit;
}

/**
 * The codecs, for each row, for which its frame is a key frame. `undefined` if the chunk has no frames.
 *
 * @param usesLabels whether labels of key frames count, too
 */
export function keyframesOf(chunk: ChunkData, usesLabels: boolean): Uint8Array | undefined {
  const samples = cellsOf(chunk, SAMPLE);
  if (samples === undefined) return undefined;
  const marks = usesLabels ? cellsOf(chunk, IS_KEYFRAME) : undefined;
  return Uint8Array.from({ length: chunk.rows }, (_, row) => keyframeBits(marks, samples, row));
}

/** Whether a chunk has labels of key frames. */
export function hasLabels(chunk: ChunkData): boolean {
  return chunk.layout.components.some(({ name }) => name === IS_KEYFRAME);
}

function keyframeBits(marks: Data | undefined, samples: Data, row: number): number {
  const isMarked =
    marks && first(marks, row, ({ values }, at) => ((values as Uint8Array)[at >> 3] as number) >> (at & 7));
  const sample = first(samples, row, binaryAt);
  let keyOf = ((isMarked ?? 0) & 1) === 1 ? ALL : 0;
  if (sample !== undefined) for (const { codec, bit } of CODECS.values()) if (isKeyframe(codec, sample)) keyOf |= bit;
  return keyOf;
}
