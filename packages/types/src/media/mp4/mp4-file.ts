import { RerunError, isRerunError } from "@rerun-ts/core";
import { InvalidValueError, messageOf } from "@rerun-ts/core/checks";
import { find, textAt } from "./boxes.ts";
import { fragmentSamples, readFragmentDefaults } from "./fragment.ts";
import { FrameBudget } from "./frame-budget.ts";
import type { Mp4Source } from "./mp4-source.ts";
import { tableSamples } from "./sample-table.ts";
import type { StoredSample } from "./stored-sample.ts";
import { readVideoTrack, type VideoTrack } from "./video-track.ts";

/** The largest box of tables that is read, in bytes: about 30 hours of video at 60 frames per second. */
const MAX_BOX_BYTES = 256 * 1024 * 1024;
/** The bytes of the longest header of a box. */
const HEADER_BYTES = 16;

/** A box of the file that is not in another. */
interface OuterBox {
  readonly type: string;
  /** The position of the box, and of its payload. */
  readonly offset: number;
  readonly payload: number;
  readonly end: number;
  /** Whether the file ends within it. */
  readonly isCut: boolean;
}

/** An MP4 file: its video track, and the places of its frames. Boxes are read on demand. */
export class Mp4File {
  readonly track: VideoTrack;
  readonly #source: Mp4Source;
  readonly #movie: DataView;

  private constructor(source: Mp4Source, movie: DataView) {
    this.#source = source;
    this.#movie = movie;
    this.track = readVideoTrack(movie);
  }

  /**
   * Opens a file. Rejects with `INVALID_FORMAT` if the file is damaged, or `UNSUPPORTED` for a codec that viewers do
   * not show.
   */
  static open(source: Mp4Source): Promise<Mp4File> {
    return withDamage(async () => {
      for await (const box of outerBoxes(source)) {
        if (box.type !== "moov") continue;
        if (box.isCut)
          throw new RerunError("INVALID_FORMAT", "the video is truncated within its tables, the box `moov`");
        return new Mp4File(source, await readBox(source, box));
      }
      throw new InvalidValueError("an MP4 video", "a file without the box `moov`", false);
    });
  }

  /** Yields the frames in the order of decoding. Rejects with `INVALID_FORMAT` if a table is damaged. */
  async *samples(): AsyncGenerator<StoredSample, void, void> {
    const { size } = this.#source;
    let bytes = 0;
    const budget = new FrameBudget(size);
    const samples = this.#stored(budget);
    for (;;) {
      const next = await withDamage(() => samples.next());
      if (next.done === true) return;
      const sample = next.value;
      bytes += sample.size;
      // The sum of all frames is limited to the file's size, because frames do not overlap.
      if (sample.offset < 0 || sample.offset + sample.size > size || bytes > size)
        throw new RerunError("INVALID_FORMAT", "the video is truncated or damaged: a frame is not in the file");
      yield sample;
    }
  }

  async *#stored(budget: FrameBudget): AsyncGenerator<StoredSample, void, void> {
    // As in Rerun's viewer, times begin at the first frame, except for those of fragments.
    let first: number | undefined;
    for (const sample of tableSamples(this.track.samples, budget)) {
      first ??= sample.time;
      yield { ...sample, time: sample.time - first, decodeTime: sample.decodeTime - first };
    }
    if (find(this.#movie, "mvex") === undefined) return;
    const { id } = this.track;
    const defaults = readFragmentDefaults(this.#movie, id);
    let time = 0;
    for await (const box of outerBoxes(this.#source)) {
      if (box.type !== "moof") continue;
      const cursor = { moof: box.offset, time };
      yield* fragmentSamples(await readBox(this.#source, box), id, defaults, cursor, budget);
      ({ time } = cursor);
    }
  }

  /** Reads a frame in the form that viewers need. Rejects with `INVALID_FORMAT` if the frame is damaged. */
  async read({ offset, size, isKeyframe }: StoredSample): Promise<Uint8Array<ArrayBuffer>> {
    return this.track.convert(await this.#source.read(offset, size), isKeyframe);
  }

  /**
   * The time of a frame, in nanoseconds.
   * @throws {RerunError} `INVALID_FORMAT` if the time is too large
   */
  nanos({ time }: StoredSample): bigint {
    const nanos = Math.round((time / this.track.timescale) * 1e9);
    if (Math.abs(nanos) < 2 ** 63) return BigInt(nanos);
    throw new RerunError("INVALID_FORMAT", `the video is damaged: it has a frame at ${nanos / 1e9} s`);
  }
}

/** Yields the outer boxes of a file, from their headers. */
async function* outerBoxes(source: Mp4Source): AsyncGenerator<OuterBox, void, void> {
  for (let offset = 0; offset + 8 <= source.size;) {
    const bytes = await source.read(offset, Math.min(HEADER_BYTES, source.size - offset));
    const header = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const size = header.getUint32(0);
    const isLong = size === 1;
    if (isLong && header.byteLength < HEADER_BYTES) return;
    const length = isLong ? Number(header.getBigUint64(8)) : size === 0 ? source.size - offset : size;
    const type = textAt(header, 4);
    const payload = offset + (isLong ? HEADER_BYTES : 8);
    if (offset + length < payload)
      throw new InvalidValueError("an MP4 video", `a box \`${type}\` of ${length} bytes`, false);
    const end = offset + length;
    yield { type, offset, payload, end: Math.min(source.size, end), isCut: end > source.size };
    offset = end;
  }
}

async function readBox(source: Mp4Source, { type, payload, end }: OuterBox): Promise<DataView> {
  if (end - payload > MAX_BOX_BYTES)
    throw new InvalidValueError("an MP4 video", `a box \`${type}\` of ${end - payload} bytes`, false);
  const bytes = await source.read(payload, end - payload);
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Converts errors about damaged boxes into errors of this SDK. */
async function withDamage<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (isRerunError(error)) throw error;
    if (error instanceof InvalidValueError)
      throw new RerunError("INVALID_FORMAT", error.toError("source").message, { cause: error });
    // A read went beyond the end of a view.
    if (error instanceof RangeError)
      throw new RerunError("INVALID_FORMAT", `the video is truncated or damaged: ${messageOf(error)}`, {
        cause: error,
      });
    throw error;
  }
}
