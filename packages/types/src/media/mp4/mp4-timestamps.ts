import { InvalidValueError } from "@rerun-ts/core/checks";
import { boxesIn, find, need, textAt, versioned } from "./boxes.ts";
import { FrameBudget } from "./frame-budget.ts";

/** The defaults for the samples of fragments. */
interface SampleDefaults {
  readonly duration: number;
}

/** The video track, with times in its own units. */
interface Track {
  readonly id: number;
  /** Units per second. */
  readonly timescale: number;
  readonly times: number[];
  /** Adds frames: a file has no more of them than bytes. */
  readonly budget: FrameBudget;
}

/**
 * Reads the presentation time of each frame of an MP4 video, in nanoseconds and in ascending order. As in Rerun's
 * viewer, times begin at the first frame, those of fragments are as stored, and edit lists are ignored. Throws
 * `InvalidValueError`. Source: ISO/IEC 14496-12, "Sample tables" and "Movie fragments".
 */
export function readMp4Timestamps(bytes: Uint8Array): BigInt64Array {
  const file = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const boxes = boxesIn(file, 0);
  const movie = boxes.find(({ type }) => type === "moov");
  if (movie === undefined) throw new InvalidValueError("an MP4 video", "a file without the box `moov`", false);
  const track = readVideoTrack(movie.view, new FrameBudget(file.byteLength));
  const defaults = readDefaults(movie.view, track.id);
  let next = 0;
  for (const { type, view } of boxes) if (type === "moof") next = readFragment(view, track, defaults, next);
  return BigInt64Array.from(track.times, (time) => toNanos(time, track)).sort();
}

function toNanos(time: number, { timescale }: Track): bigint {
  const nanos = Math.round((time / timescale) * 1e9);
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
    return { id, timescale, times: sinceFirst(readSampleTimes(samples, budget)), budget };
  }
  throw new InvalidValueError("a file with a video", "one without", false);
}

function sinceFirst(times: readonly number[]): number[] {
  const first = times.reduce((least, time) => Math.min(least, time), Infinity);
  return times.map((time) => time - first);
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
