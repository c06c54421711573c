import { boxesIn, find, need } from "./boxes.ts";
import type { FrameBudget } from "./frame-budget.ts";
import type { StoredSample } from "./stored-sample.ts";

/** The defaults of fragments, from the box `trex`. */
export interface FragmentDefaults {
  readonly duration: number;
  readonly size: number;
  readonly flags: number;
}

/** The bit of a frame's flags that is not set in key frames. */
const NOT_SYNC = 0x10000;

/** The defaults of a track's fragments. */
export function readFragmentDefaults(movie: DataView, trackId: number): FragmentDefaults {
  const extended = find(movie, "mvex");
  for (const { type, view } of extended === undefined ? [] : boxesIn(extended, 0)) {
    if (type === "trex" && view.getUint32(4) === trackId)
      return { duration: view.getUint32(12), size: view.getUint32(16), flags: view.getUint32(20) };
  }
  return { duration: 0, size: 0, flags: 0 };
}

/** The frames of one fragment: a position in the file, and the time of the next frame. */
export interface FragmentCursor {
  /** The position of the box `moof` in the file. */
  readonly moof: number;
  /** The time of decoding of the next frame of the track, in its units. */
  time: number;
}

/**
 * Yields the frames of the payload of a box `moof`, and advances the cursor. Throws `InvalidValueError`, or
 * `RangeError` behind the end of a box. Source: ISO/IEC 14496-12, "Movie fragments".
 */
export function* fragmentSamples(
  fragment: DataView,
  trackId: number,
  defaults: FragmentDefaults,
  cursor: FragmentCursor,
  budget: FrameBudget,
): Generator<StoredSample, void, void> {
  let end = cursor.moof;
  for (const { type, view } of boxesIn(fragment, 0)) {
    if (type !== "traf") continue;
    const header = readHeader(need(view, "tfhd"), defaults, cursor.moof, end);
    const start = find(view, "tfdt");
    const isOurs = header.trackId === trackId;
    if (isOurs && start !== undefined)
      cursor.time = start.getUint8(0) === 1 ? Number(start.getBigUint64(4)) : start.getUint32(4);
    let offset = header.base;
    for (const run of boxesIn(view, 0)) {
      if (run.type !== "trun") continue;
      budget.spend(run.view.getUint32(4));
      for (const sample of runSamples(run.view, header, offset)) {
        offset = sample.offset + sample.size;
        if (!isOurs) continue;
        yield { ...sample, time: cursor.time + sample.shift, decodeTime: cursor.time };
        cursor.time += sample.duration;
      }
    }
    end = offset;
  }
}

interface FragmentHeader extends FragmentDefaults {
  readonly trackId: number;
  /** The position to which offsets are relative. */
  readonly base: number;
}

function readHeader(header: DataView, defaults: FragmentDefaults, moof: number, end: number): FragmentHeader {
  const flags = header.getUint32(0) & 0xffffff;
  let at = 8;
  const next = (flag: number, bytes: number): number | undefined => {
    if ((flags & flag) === 0) return undefined;
    at += bytes;
    return at - bytes;
  };
  const field = (flag: number): number | undefined => {
    const position = next(flag, 4);
    return position === undefined ? undefined : header.getUint32(position);
  };
  const basePosition = next(0x1, 8);
  next(0x2, 4);
  const duration = field(0x8) ?? defaults.duration;
  const size = field(0x10) ?? defaults.size;
  const sampleFlags = field(0x20) ?? defaults.flags;
  const explicit = basePosition === undefined ? undefined : Number(header.getBigUint64(basePosition));
  // Without an explicit base or the flag, data follows the data of the previous track.
  const base = explicit ?? ((flags & 0x20000) === 0 ? end : moof);
  return { trackId: header.getUint32(4), base, duration, size, flags: sampleFlags };
}

interface RunSample extends StoredSample {
  readonly shift: number;
  readonly duration: number;
}

function* runSamples(run: DataView, header: FragmentHeader, after: number): Generator<RunSample, void, void> {
  const flags = run.getUint32(0) & 0xffffff;
  const count = run.getUint32(4);
  let at = 8;
  const field = (flag: number): number | undefined => {
    if ((flags & flag) === 0) return undefined;
    at += 4;
    return run.getInt32(at - 4);
  };
  const dataOffset = field(0x1);
  const firstFlags = field(0x4);
  let offset = dataOffset === undefined ? after : header.base + dataOffset;
  for (let index = 0; index < count; index++) {
    const duration = field(0x100);
    const size = field(0x200);
    const stored = field(0x400);
    const shift = field(0x800) ?? 0;
    const sampleFlags = index === 0 && firstFlags !== undefined ? firstFlags : (stored ?? header.flags);
    const bytes = size === undefined ? header.size : size >>> 0;
    const isKeyframe = (sampleFlags & NOT_SYNC) === 0;
    yield {
      offset,
      size: bytes,
      time: 0,
      decodeTime: 0,
      isKeyframe,
      shift,
      duration: duration === undefined ? header.duration : duration >>> 0,
    };
    offset += bytes;
  }
}
