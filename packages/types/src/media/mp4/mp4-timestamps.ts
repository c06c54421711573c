import { InvalidValueError, ReadBudget } from "@rerun-ts/core/checks";

/** The most frames of a video: 77 hours at 60 per second. A file that claims more is damaged. */
const MAX_FRAMES = 2 ** 24;

/** A box of a file: its type and its payload. */
interface Box {
  readonly type: string;
  readonly view: DataView;
}

/** The defaults for the samples of fragments. */
interface SampleDefaults {
  readonly duration: number;
}

/** The video track, with times in its own units. */
interface Track {
  readonly id: number;
  /** Units per second. */
  readonly timescale: number;
  /** The beginning of the presentation, in units of the track. */
  readonly start: number;
  readonly times: number[];
  /** Adds frames: a file has no more of them than bytes. */
  readonly budget: FrameBudget;
}

/** Counts the frames that a file claims to have before memory is taken for them. */
class FrameBudget {
  readonly #bytes: ReadBudget;
  #frames = 0;

  constructor(file: DataView) {
    this.#bytes = new ReadBudget(file.byteLength);
  }

  /** Throws `InvalidValueError` or `RangeError` if the file cannot have `frames` more. */
  spend(frames: number): void {
    this.#bytes.spend(frames);
    this.#frames += frames;
    if (this.#frames > MAX_FRAMES) {
      throw new InvalidValueError(`a video with at most ${MAX_FRAMES} frames`, `${this.#frames} frames`, true);
    }
  }
}

/**
 * Reads the presentation time of each frame of an MP4 video, in nanoseconds since its beginning and in ascending order.
 * Throws `InvalidValueError`. Source: ISO/IEC 14496-12, "Sample tables" and "Movie fragments".
 */
export function readMp4Timestamps(bytes: Uint8Array): BigInt64Array {
  const file = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const boxes = boxesIn(file, 0);
  const movie = boxes.find(({ type }) => type === "moov");
  if (movie === undefined) throw new InvalidValueError("an MP4 video", "a file without the box `moov`", false);
  const track = readVideoTrack(movie.view, new FrameBudget(file));
  const defaults = readDefaults(movie.view, track.id);
  let next = 0;
  for (const { type, view } of boxes) if (type === "moof") next = readFragment(view, track, defaults, next);
  const nanos = new BigInt64Array(track.times.length);
  for (const [index, time] of track.times.entries()) nanos[index] = toNanos(time, track);
  return nanos.sort();
}

function toNanos(time: number, { start, timescale }: Track): bigint {
  const nanos = Math.round(((time - start) / timescale) * 1e9);
  if (Math.abs(nanos) < 2 ** 63) return BigInt(nanos);
  throw new InvalidValueError("a video with times of less than 292 years", `a frame at ${nanos / 1e9} s`, true);
}

function readVideoTrack(movie: DataView, budget: FrameBudget): Track {
  for (const { view } of boxesIn(movie, 0).filter(({ type }) => type === "trak")) {
    const media = find(view, "mdia");
    const handler = media === undefined ? undefined : find(media, "hdlr");
    if (media === undefined || handler === undefined || textAt(handler, 8) !== "vide") continue;
    const timescale = versioned(need(media, "mdhd"), 12, 20).getUint32(0);
    if (timescale === 0) throw new InvalidValueError("a video with a time scale", "0 units per second", true);
    const id = versioned(need(view, "tkhd"), 12, 20).getUint32(0);
    const samples = need(need(media, "minf"), "stbl");
    return { id, timescale, start: readStart(view), times: readSampleTimes(samples, budget), budget };
  }
  throw new InvalidValueError("a file with a video", "one without", false);
}

/** The media time at which the presentation begins. */
function readStart(track: DataView): number {
  const edits = find(track, "edts");
  const list = edits === undefined ? undefined : find(edits, "elst");
  if (list === undefined) return 0;
  const isLong = list.getUint8(0) === 1;
  const count = list.getUint32(4);
  for (let index = 0; index < count; index++) {
    const at = 8 + index * (isLong ? 20 : 12);
    const time = isLong ? Number(list.getBigInt64(at + 8)) : list.getInt32(at + 4);
    // -1 is an empty edit, which shows nothing.
    if (time >= 0) return time;
  }
  return 0;
}

function readSampleTimes(samples: DataView, budget: FrameBudget): number[] {
  const times: number[] = [];
  const durations = need(samples, "stts");
  let time = 0;
  for (let index = 0; index < durations.getUint32(4); index++) {
    const count = durations.getUint32(8 + index * 8);
    const duration = durations.getUint32(12 + index * 8);
    budget.spend(count);
    for (let sample = 0; sample < count; sample++, time += duration) times.push(time);
  }
  const shifts = find(samples, "ctts");
  if (shifts === undefined) return times;
  let at = 0;
  for (let index = 0; index < shifts.getUint32(4); index++) {
    const count = shifts.getUint32(8 + index * 8);
    const shift = shifts.getInt32(12 + index * 8);
    for (let sample = 0; sample < count && at < times.length; sample++, at++) times[at] = (times[at] as number) + shift;
  }
  return times;
}

function readDefaults(movie: DataView, id: number): SampleDefaults {
  const extended = find(movie, "mvex");
  for (const { type, view } of extended === undefined ? [] : boxesIn(extended, 0)) {
    if (type === "trex" && view.getUint32(4) === id) return { duration: view.getUint32(12) };
  }
  return { duration: 0 };
}

/** Adds the samples of a fragment. Returns the time at which the next one begins. */
function readFragment(fragment: DataView, track: Track, defaults: SampleDefaults, next: number): number {
  let time = next;
  for (const { type, view } of boxesIn(fragment, 0)) {
    if (type !== "traf") continue;
    const header = need(view, "tfhd");
    if (header.getUint32(4) !== track.id) continue;
    const start = find(view, "tfdt");
    if (start !== undefined) time = start.getUint8(0) === 1 ? Number(start.getBigUint64(4)) : start.getUint32(4);
    const duration = defaultDuration(header) ?? defaults.duration;
    for (const run of boxesIn(view, 0)) if (run.type === "trun") time = readRun(run.view, track, duration, time);
  }
  return time;
}

/** The default sample duration in the header of a fragment. */
function defaultDuration(header: DataView): number | undefined {
  const flags = header.getUint32(0) & 0xffffff;
  if ((flags & 0x8) === 0) return undefined;
  return header.getUint32(8 + ((flags & 0x1) === 0 ? 0 : 8) + ((flags & 0x2) === 0 ? 0 : 4));
}

function readRun(run: DataView, track: Track, duration: number, start: number): number {
  const flags = run.getUint32(0) & 0xffffff;
  const count = run.getUint32(4);
  let at = 8 + ((flags & 0x1) === 0 ? 0 : 4) + ((flags & 0x4) === 0 ? 0 : 4);
  track.budget.spend(count);
  let time = start;
  const field = (flag: number): number | undefined => {
    if ((flags & flag) === 0) return undefined;
    at += 4;
    return run.getInt32(at - 4);
  };
  for (let sample = 0; sample < count; sample++) {
    const length = field(0x100) ?? duration;
    field(0x200);
    field(0x400);
    track.times.push(time + (field(0x800) ?? 0));
    time += length;
  }
  return time;
}

/** The boxes in `view` from the offset `from` on. Throws `InvalidValueError` if a box is invalid. */
function boxesIn(view: DataView, from: number): Box[] {
  const boxes: Box[] = [];
  let at = from;
  while (at + 8 <= view.byteLength) {
    const size = view.getUint32(at);
    const isLong = size === 1;
    if (isLong && at + 16 > view.byteLength) break;
    const length = isLong ? Number(view.getBigUint64(at + 8)) : size === 0 ? view.byteLength - at : size;
    const header = isLong ? 16 : 8;
    const type = textAt(view, at + 4);
    if (length < header) throw new InvalidValueError("an MP4 video", `a box \`${type}\` of ${length} bytes`, false);
    const end = Math.min(view.byteLength, at + length);
    boxes.push({ type, view: new DataView(view.buffer, view.byteOffset + at + header, end - at - header) });
    at += length;
  }
  return boxes;
}

function find(view: DataView, wanted: string): DataView | undefined {
  return boxesIn(view, 0).find(({ type }) => type === wanted)?.view;
}

function need(view: DataView, wanted: string): DataView {
  const found = find(view, wanted);
  if (found === undefined) throw new InvalidValueError("an MP4 video", `a file without the box \`${wanted}\``, false);
  return found;
}

/** The rest of a box from a field on, whose offset depends on the version of the box. */
function versioned(box: DataView, inShort: number, inLong: number): DataView {
  const at = box.getUint8(0) === 1 ? inLong : inShort;
  return new DataView(box.buffer, box.byteOffset + at, box.byteLength - at);
}

function textAt(view: DataView, at: number): string {
  return String.fromCharCode(...[0, 1, 2, 3].map((index) => view.getUint8(at + index)));
}
