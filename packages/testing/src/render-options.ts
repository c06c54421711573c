import type { BlueprintLike, TimeValue } from "@rerun-ts/core";
import { checkOptions, describeValue, nonNegative, type OptionNames } from "@rerun-ts/core/checks";
import type { PictureSize } from "./headless-viewer.ts";

/** Options of `renderRecording`. */
export interface RenderOptions {
  /** The layout. Default: that of the recording, or the viewer's choice. */
  blueprint?: BlueprintLike | undefined;
  /** The name or the id of the only view to draw. Default: all views. */
  view?: string | undefined;
  /** The time to draw. Default: the last one of the viewer's timeline. */
  time?: RenderTime | undefined;
  /** The size of the viewer, in pixels. A view drawn alone is smaller. Default 800 × 600. */
  size?: PictureSize | undefined;
  /** Whether to draw the panels around the views. Default `false`. */
  panels?: boolean | undefined;
  /** The path of the viewer's program. Default: as of `spawn`. */
  executablePath?: string | undefined;
  /** The longest duration, in milliseconds. Default 60,000. */
  timeoutMs?: number | undefined;
  /** Ends the call early. Default: none. */
  signal?: AbortSignal | undefined;
}

/** A time of a recording. */
export interface RenderTime {
  /** The name of the timeline. */
  timeline: string;
  /** The time on the timeline. A bare number or bigint is a sequence number. */
  at: TimeValue;
}

const RENDER_OPTIONS: OptionNames<RenderOptions> = {
  blueprint: 1,
  view: 1,
  time: 1,
  size: 1,
  panels: "boolean",
  executablePath: 1,
  timeoutMs: 1,
  signal: 1,
};
export const SIZE: PictureSize = { width: 800, height: 600 };
const MAX_SIZE = 8192;
/** The longest duration of a picture. */
export const TIMEOUT_MS = 60_000;
/** Checks options. @throws {TypeError} if one is wrong */
export function checkRenderOptions(call: string, options: RenderOptions): void {
  checkOptions(call, options, RENDER_OPTIONS);
  const { time, timeoutMs = TIMEOUT_MS } = options;
  checkDrawn(options);
  nonNegative("timeoutMs", timeoutMs);
  if (time !== undefined && (typeof time !== "object" || typeof time?.timeline !== "string" || time.at === undefined))
    throw wrong("time", "{ timeline, at }", time);
}

/** Checks the options of all pictures. @throws {TypeError} if one is wrong */
export function checkDrawn({ size = SIZE, view }: Pick<RenderOptions, "size" | "view">): void {
  for (const side of [size?.width, size?.height])
    if (!Number.isInteger(side) || side < 1 || side > MAX_SIZE)
      throw wrong("size", `{ width, height } in pixels, from 1 to ${MAX_SIZE}`, size);
  if (view !== undefined && typeof view !== "string") throw wrong("view", "the name or the id of a view", view);
}

function wrong(name: string, expected: string, value: unknown): TypeError {
  return new TypeError(`\`${name}\` must be ${expected}, got ${describeValue(value)}`);
}
