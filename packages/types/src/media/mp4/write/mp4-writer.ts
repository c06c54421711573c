import { InvalidValueError } from "@rerun-ts/core/checks";
import { concatBytes } from "@rerun-ts/core/util";
import { box, bytes32, MAX_32, ascii } from "./box.ts";
import { movieBox, type WrittenTrack } from "./movie-box.ts";
import { SampleTables } from "./sample-tables.ts";

/** A frame to write, in the order of decoding. */
export interface WrittenSample {
  /** The bytes of the frame, in pieces. */
  readonly pieces: readonly Uint8Array[];
  /** The time of decoding, in units of the track. Not before that of the previous frame. */
  readonly time: number;
  /** The time from decoding to presentation, in these units. */
  readonly shift: number;
  readonly isKeyframe: boolean;
}

/** Number of bytes of frames that are written together. */
const BLOCK_BYTES = 1024 * 1024;

/**
 * Writes an MP4 file with one video from its beginning to its end: frames in blocks, then the tables. It keeps the
 * tables and one block in memory.
 */
export class Mp4Writer {
  readonly #tables = new SampleTables();
  readonly #timescale: number;
  readonly #begin: Uint8Array;
  #block: Uint8Array[] = [];
  #blockBytes = 0;
  #blockFrames = 0;
  #position = 0;
  #firstTime = 0;
  #lastTime = 0;
  #lastDuration: number;
  /** The earliest and the latest presentation. */
  #start = Infinity;
  #end = 0;

  /** @param lastDuration the duration of a single frame, in units of the track */
  constructor(timescale: number, brands: readonly string[], lastDuration: number) {
    this.#timescale = timescale;
    this.#lastDuration = lastDuration;
    this.#begin = box("ftyp", ascii("isom"), bytes32(512), ...["isom", "iso6", ...brands, "mp41"].map(ascii));
  }

  get frames(): number {
    return this.#tables.count;
  }

  get keyframes(): number {
    return this.#tables.keyframes;
  }

  /** The number of bytes so far. */
  get bytes(): number {
    return this.#position + this.#blockBytes;
  }

  /** Adds a frame. Returns bytes to write, if a block is complete. @throws {InvalidValueError} if MP4 cannot have it */
  add({ pieces, time, shift, isKeyframe }: WrittenSample): Uint8Array | undefined {
    const size = pieces.reduce((sum, piece) => sum + piece.byteLength, 0);
    if (this.frames === 0) this.#firstTime = time;
    else {
      const duration = time - this.#lastTime;
      if (duration < 0) throw new InvalidValueError("a video with frames in order", "a time that goes backwards", true);
      if (duration > MAX_32) {
        const longest = Math.floor(MAX_32 / this.#timescale);
        throw new InvalidValueError(
          `a video with gaps of at most ${longest} s`,
          `a gap of ${Math.round(duration / this.#timescale)} s`,
          true,
        );
      }
      this.#tables.addDuration(duration);
      if (duration > 0) this.#lastDuration = duration;
    }
    this.#lastTime = time;
    this.#start = Math.min(this.#start, time + shift);
    this.#end = Math.max(this.#end, time + shift);
    this.#tables.add({ size, shift, isKeyframe });
    for (const piece of pieces) this.#block.push(piece);
    this.#blockBytes += size;
    this.#blockFrames++;
    return this.#blockBytes >= BLOCK_BYTES ? this.#takeBlock() : undefined;
  }

  /** Returns the rest of the file. */
  finish(track: Pick<WrittenTrack, "entry" | "display">): Uint8Array {
    const block = this.#blockFrames > 0 ? [this.#takeBlock()] : [];
    this.#tables.addDuration(this.#lastDuration);
    const duration = this.#end - this.#start + this.#lastDuration;
    const start = this.#start - this.#firstTime;
    const tables = this.#tables.boxes();
    const movie = movieBox({ ...track, timescale: this.#timescale, duration, start, tables });
    this.#position += movie.byteLength;
    return concatBytes([...block, movie]);
  }

  #takeBlock(): Uint8Array {
    const begin = this.#position === 0 ? [this.#begin] : [];
    const header = bytes32(8 + this.#blockBytes, 0x6d64_6174);
    const before = [...begin, header];
    this.#position += before.reduce((sum, piece) => sum + piece.byteLength, 0);
    this.#tables.addChunk(this.#position, this.#blockFrames);
    this.#position += this.#blockBytes;
    const block = concatBytes([...before, ...this.#block]);
    this.#block = [];
    this.#blockBytes = 0;
    this.#blockFrames = 0;
    return block;
  }
}
