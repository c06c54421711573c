import { RerunError, type TimeValue } from "@rerun-ts/core";
import { argumentError, describeValue, invalidArgument, messageOf } from "@rerun-ts/core/checks";
import { resolveTimeValue, toBigInt, type TimeCell } from "@rerun-ts/core/encode";
import type { ViewerState, ViewerTimeline } from "@rerun-ts/core/viewer-control";
import { FPS, type RenderVideoOptions } from "./render-video-options.ts";

/** The times of the pictures of a film. */
export interface FilmTimes {
  /** The name of the timeline. */
  readonly timeline: string;
  readonly count: number;
  /** The time of a picture: a sequence number, or nanoseconds. */
  readonly at: (picture: number) => bigint;
}

const NANOS = 1e9;
const MAX_PICTURES = 100_000;

/**
 * Finds the times of pictures in the recording that a viewer shows.
 *
 * @throws {RerunError} `INVALID_ARGUMENT` if an option is wrong, `NOT_FOUND` if the recording has no times
 */
export function filmTimes({ recordings }: ViewerState, options: RenderVideoOptions): FilmTimes {
  const [recording] = recordings;
  const timelines = (recording?.timelines ?? []).filter(({ start, end }) => start !== undefined && end !== undefined);
  const name = options.timeline ?? recording?.timeline;
  const found =
    timelines.find((one) => one.name === name) ?? (options.timeline === undefined ? timelines[0] : undefined);
  if (found?.start === undefined || found.end === undefined) {
    if (timelines.length === 0) throw new RerunError("NOT_FOUND", "the recording has no times, and so no film");
    throw invalidArgument("timeline", `one of ${timelines.map((one) => one.name).join(", ")}`, options.timeline);
  }
  const from = options.from === undefined ? found.start : resolveAt("from", options.from, found);
  const to = options.to === undefined ? found.end : resolveAt("to", options.to, found);
  if (from > to) throw argumentError("to", `\`to\` must not be before \`from\`, got ${to} and ${from}`);
  const { fps = FPS, step } = options;
  const units = found.kind === "sequence" ? (step ?? 1) : (step ?? 1 / fps) * NANOS;
  const count = Math.floor(Number(to - from) / units + 1e-9) + 1;
  if (count > MAX_PICTURES)
    throw argumentError(
      "step",
      `the film would have ${count} pictures, more than ${MAX_PICTURES}: pass a shorter \`from\` and \`to\`, or a longer \`step\``,
    );
  return { timeline: found.name, count, at: (picture) => from + BigInt(Math.round(picture * units)) };
}

function resolveAt(name: "from" | "to", value: TimeValue, { name: timeline, kind }: ViewerTimeline): bigint {
  if (typeof value === "bigint") return value;
  const cell: TimeCell = { kind: "sequence", hi: 0, lo: 0 };
  try {
    resolveTimeValue(value, cell);
  } catch (error) {
    throw argumentError(name, `\`${name}\` ${messageOf(error)}`, { cause: error });
  }
  if (kind !== undefined && cell.kind !== kind)
    throw argumentError(
      name,
      `\`${name}\` must be a ${kind}, as the timeline ${timeline}, got ${describeValue(value)}`,
    );
  return toBigInt(cell);
}
