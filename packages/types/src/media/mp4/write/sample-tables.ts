import { bytes32, fullBox } from "./box.ts";
import { GrowingWords } from "./growing-words.ts";

/** The facts of a frame that the tables of a file have. */
export interface TableSample {
  readonly size: number;
  /** The time from the presentation of the frame to its decoding, in units of the track. Zero without B-frames. */
  readonly shift: number;
  readonly isKeyframe: boolean;
}

/** Equal values in succession: their number and the value. */
class Runs {
  readonly #words = new GrowingWords();

  get count(): number {
    return this.#words.length / 2;
  }

  add(value: number): void {
    const last = this.#words.length - 1;
    if (last > 0 && this.#words.at(last) === value >>> 0) this.#words.set(last - 1, this.#words.at(last - 1) + 1);
    else {
      this.#words.push(1);
      this.#words.push(value);
    }
  }

  box(type: string, version: number): Uint8Array {
    return fullBox(type, version, 0, bytes32(this.count), this.#words.bytes);
  }
}

/** The tables of a video: about 5 to 16 bytes for each frame. Source: ISO/IEC 14496-12, 8.5 to 8.7. */
export class SampleTables {
  readonly #sizes = new GrowingWords();
  readonly #durations = new Runs();
  readonly #shifts = new Runs();
  readonly #keyframes = new GrowingWords();
  readonly #chunks = new GrowingWords();
  readonly #chunkSizes = new GrowingWords();
  #chunkCount = 0;
  #lastChunkSize = 0;
  #isShifted = false;

  /** The number of frames. */
  get count(): number {
    return this.#sizes.length;
  }

  /** The number of frames at which a decoder can start. */
  get keyframes(): number {
    return this.#keyframes.length;
  }

  add({ size, shift, isKeyframe }: TableSample): void {
    this.#sizes.push(size);
    this.#shifts.add(shift);
    if (shift !== 0) this.#isShifted = true;
    if (isKeyframe) this.#keyframes.push(this.count);
  }

  /** Adds the time from a frame to the next one, in the order of decoding. */
  addDuration(units: number): void {
    this.#durations.add(units);
  }

  /** Adds the place of some frames that follow each other in the file. */
  addChunk(offset: number, frames: number): void {
    this.#chunks.push(Math.floor(offset / 2 ** 32));
    this.#chunks.push(offset);
    this.#chunkCount++;
    if (frames === this.#lastChunkSize) return;
    this.#lastChunkSize = frames;
    for (const value of [this.#chunkCount, frames, 1]) this.#chunkSizes.push(value);
  }

  /** The tables as boxes, in the order of `stbl`. */
  boxes(): Uint8Array[] {
    const areAllKeyframes = this.keyframes === this.count;
    return [
      this.#durations.box("stts", 0),
      ...(this.#isShifted ? [this.#shifts.box("ctts", 1)] : []),
      ...(areAllKeyframes ? [] : [fullBox("stss", 0, 0, bytes32(this.keyframes), this.#keyframes.bytes)]),
      fullBox("stsc", 0, 0, bytes32(this.#chunkSizes.length / 3), this.#chunkSizes.bytes),
      fullBox("stsz", 0, 0, bytes32(0, this.count), this.#sizes.bytes),
      fullBox("co64", 0, 0, bytes32(this.#chunkCount), this.#chunks.bytes),
    ];
  }
}
