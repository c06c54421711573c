import { checkObject, checkOptions } from "../checks/check-arguments.ts";
import { argumentError, invalidArgument } from "../checks/invalid-value-error.ts";
import type { OptionNames } from "../checks/option-names.ts";
import { toBigInt } from "../time/int64.ts";
import { parseTimeText } from "../time/time-text.ts";
import { resolveTimeValue, type TimeCell, type TimeValue } from "../time/time-value.ts";
import type { LinkTime } from "../viewer-control/viewer-link.ts";
import type { RecordingToHtmlOptions } from "./page-options.ts";

const OPTIONS: OptionNames<RecordingToHtmlOptions> = {
  viewerFiles: 1,
  viewer: 1,
  at: 1,
  title: 1,
  panels: 1,
  theme: 1,
  maxBytes: 1,
  replay: 1,
  signal: 1,
};
const PANELS = { top: 1, blueprint: 1, selection: 1, time: 1 } as const;
const STATES: readonly unknown[] = ["hidden", "collapsed", "expanded"];
const THEMES: readonly unknown[] = ["dark", "light", "system"];

/** A time in the form that the page's script passes to the viewer. */
export interface PageMoment {
  readonly timeline: string;
  /** A sequence number, or nanoseconds, in decimal digits: JSON has no integers of 64 bits. */
  readonly time: string;
}

/** Checks the options of `recordingToHtml`. Returns the time to show. @throws {TypeError} if an option is wrong */
export function checkPageOptions(options: RecordingToHtmlOptions): PageMoment | undefined {
  checkObject(options);
  checkOptions("recordingToHtml", options, OPTIONS);
  const { viewer, viewerFiles, title, panels, theme, maxBytes, replay, signal } = options;
  if (viewer !== undefined && viewerFiles !== undefined)
    throw argumentError("viewer", "`viewer` and `viewerFiles` exclude each other: the page has one viewer");
  if (title !== undefined && typeof title !== "string") throw invalidArgument("title", "a string", title);
  if (theme !== undefined && !THEMES.includes(theme))
    throw invalidArgument("theme", '"dark", "light" or "system"', theme);
  if (panels !== undefined) {
    checkObject(panels, "panels");
    checkOptions<object>("panels", panels, PANELS);
    for (const [name, state] of Object.entries(panels))
      if (state !== undefined && !STATES.includes(state))
        throw invalidArgument(`panels.${name}`, '"hidden", "collapsed" or "expanded"', state);
  }
  if (replay !== undefined && (typeof replay?.entityPath !== "string" || typeof replay.script !== "string"))
    throw invalidArgument("replay", "a result of `htmlReplay`", replay);
  if (maxBytes !== undefined && !(maxBytes >= 0)) throw invalidArgument("maxBytes", "a non-negative number", maxBytes);
  if (signal !== undefined && typeof (signal as Partial<AbortSignal>).throwIfAborted !== "function")
    throw invalidArgument("signal", "an AbortSignal", signal);
  return options.at === undefined ? undefined : momentOf(options.at);
}

function momentOf(at: LinkTime | string): PageMoment {
  const moment: unknown = typeof at === "string" ? parseMoment(at) : at;
  const { timeline, at: time } = Object(moment) as Partial<LinkTime>;
  if (typeof timeline !== "string" || timeline === "" || time === undefined)
    throw invalidArgument("at", 'TIMELINE@TIME, such as "frame@120", or { timeline, at }', at);
  const cell: TimeCell = { kind: "sequence", hi: 0, lo: 0 };
  try {
    resolveTimeValue(time, cell);
  } catch (error) {
    throw argumentError("at", `\`at\` ${(error as Error).message}`);
  }
  return { timeline, time: String(toBigInt(cell)) };
}

/** The time of the text `TIMELINE@TIME`, as in links. Their module would split the bundles of pages. */
function parseMoment(text: string): { readonly timeline: string; readonly at: TimeValue | undefined } {
  const end = text.lastIndexOf("@");
  return { timeline: text.slice(0, Math.max(end, 0)), at: parseTimeText(text.slice(end + 1)) };
}
