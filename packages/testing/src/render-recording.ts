import { setTimeout as sleep } from "node:timers/promises";
import { RerunError, type BlueprintLike, type TimeValue } from "@rerun-ts/core";
import { checkOptions, describeValue, nonNegative, type OptionNames, withRerunErrors } from "@rerun-ts/core/checks";
import type { ViewerControl, ViewerState } from "@rerun-ts/core/viewer-control";
import { HeadlessViewer, headlessViewer, type HeadlessViewerSettings, type PictureSize } from "./headless-viewer.ts";
import { recordedFile, type RenderedSource } from "./recorded-file.ts";

/** Options of {@link renderRecording}. */
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

export const RENDER_OPTIONS: OptionNames<RenderOptions> = {
  blueprint: 1,
  view: 1,
  time: 1,
  size: 1,
  panels: "boolean",
  executablePath: 1,
  timeoutMs: 1,
  signal: 1,
};
const SIZE: PictureSize = { width: 800, height: 600 };
const MAX_SIZE = 8192;
const TIMEOUT_MS = 60_000;
const POLL_MS = 30;
/** Time for views to appear: a recording without anything to draw has none. */
const VIEWS_MS = 3000;
/** Time for consecutive pictures to become equal. Some never do, such as a map whose tiles cannot be loaded. */
const REST_MS = 5000;
/** Number of pictures in succession, and their time, that are equal when nothing loads or moves any more. */
const [EQUAL_PICTURES, EQUAL_MS] = [3, 300];
const PANEL = { PanelBlueprint: { state: "Hidden" } };
const NO_PANELS = {
  "/top_panel": PANEL,
  "/blueprint_panel": PANEL,
  "/selection_panel": PANEL,
  "/time_panel": { TimePanelBlueprint: { state: "Hidden" } },
};

/**
 * Draws a recording as the native viewer shows it, without a screen. One viewer draws all pictures of a program. The
 * viewer is found as `spawn` finds it, and ends with the program.
 *
 * @param source a recording with only in-memory sinks, the path of a `.rrd` file, or its bytes
 * @returns a PNG
 * @throws {RerunError} `INVALID_ARGUMENT` if an argument is wrong, `NOT_FOUND` if the file does not exist, view or
 * program, `VIEWER_FAILED` if the viewer cannot draw, for example because a Vulkan driver is missing, `TIMEOUT`,
 * `ABORTED`
 *
 * @example
 * const png = await renderRecording(rec, { time: { timeline: "frame", at: 12 }, size: { width: 640, height: 480 } });
 * await writeFile("frame-12.png", png);
 */
export function renderRecording(source: RenderedSource, options: RenderOptions = {}): Promise<Uint8Array> {
  return withRerunErrors(async () => {
    checkRenderOptions("renderRecording", options);
    const { blueprint, timeoutMs = TIMEOUT_MS } = options;
    const limit = AbortSignal.timeout(Math.ceil(timeoutMs));
    const signal = options.signal === undefined ? limit : AbortSignal.any([limit, options.signal]);
    const file = await recordedFile(source, { blueprint, isSeparate: options.panels !== true });
    try {
      return await draw(file.path, options, signal);
    } catch (error) {
      if (!limit.aborted || options.signal?.aborted === true) throw error;
      throw new RerunError("TIMEOUT", `the viewer has not drawn the recording within ${timeoutMs} ms`, {
        cause: error,
      });
    } finally {
      await file.remove();
    }
  });
}

async function draw(path: string, options: RenderOptions, signal: AbortSignal): Promise<Uint8Array> {
  const { executablePath, size = SIZE, panels = false } = options;
  const run: Drawing = (control, ended) => new Rendering(control, options, AbortSignal.any([signal, ended])).draw(path);
  if (!panels) return drawShared({ executablePath, size }, run);
  // A new viewer, because the panels show the application's name, and a used viewer remembers layouts.
  const viewer = await HeadlessViewer.start({ executablePath, size });
  try {
    return await viewer.use(run);
  } finally {
    await viewer.endWhenIdle();
  }
}

type Drawing = (control: ViewerControl, ended: AbortSignal) => Promise<Uint8Array>;

/** Draws with the viewer of all pictures, or with a new one if that has ended. */
async function drawShared(settings: HeadlessViewerSettings, run: Drawing): Promise<Uint8Array> {
  const viewer = await headlessViewer(settings);
  try {
    return await viewer.use(run);
  } catch (error) {
    if (!viewer.hasEnded) throw error;
    return (await headlessViewer(settings)).use(run);
  }
}

/** Checks options. @throws {TypeError} if one is wrong */
export function checkRenderOptions(call: string, options: RenderOptions): void {
  checkOptions(call, options, RENDER_OPTIONS);
  const { size = SIZE, view, time, timeoutMs = TIMEOUT_MS } = options;
  nonNegative("timeoutMs", timeoutMs);
  for (const side of [size?.width, size?.height])
    if (!Number.isInteger(side) || side < 1 || side > MAX_SIZE)
      throw wrong("size", `{ width, height } in pixels, from 1 to ${MAX_SIZE}`, size);
  if (view !== undefined && typeof view !== "string") throw wrong("view", "the name or the id of a view", view);
  if (time !== undefined && (typeof time !== "object" || typeof time?.timeline !== "string" || time.at === undefined))
    throw wrong("time", "{ timeline, at }", time);
}

function wrong(name: string, expected: string, value: unknown): TypeError {
  return new TypeError(`\`${name}\` must be ${expected}, got ${describeValue(value)}`);
}

/** One picture of a viewer. */
class Rendering {
  readonly #control: ViewerControl;
  readonly #options: RenderOptions;
  readonly #signal: AbortSignal;

  constructor(control: ViewerControl, options: RenderOptions, signal: AbortSignal) {
    this.#control = control;
    this.#options = options;
    this.#signal = signal;
  }

  async draw(path: string): Promise<Uint8Array> {
    const { panels = false, view } = this.#options;
    const call = { signal: this.#signal };
    await this.#control.close({ all: true, ...call });
    await this.#control.open(path, call);
    const state = await this.#untilLoaded();
    if (!panels) await this.#control.setBlueprint(NO_PANELS, { partial: true, ...call });
    await this.#setTime(state);
    const shown = await this.#untilShown();
    return this.#pictureAtRest(view === undefined ? undefined : idOfView(view, shown));
  }

  #untilLoaded(): Promise<ViewerState> {
    return this.#until(({ loading, recordings }) => loading.length === 0 && recordings.length > 0);
  }

  /** Waits for views, for which some recordings have no data. */
  #untilShown(): Promise<ViewerState> {
    const end = Date.now() + VIEWS_MS;
    return this.#until(({ views, loading }) => loading.length === 0 && (views.length > 0 || Date.now() > end));
  }

  async #until(fits: (state: ViewerState) => boolean): Promise<ViewerState> {
    for (;;) {
      const state = await this.#control.state({ signal: this.#signal });
      if (fits(state)) return state;
      await sleep(POLL_MS, undefined, { signal: this.#signal });
    }
  }

  async #setTime({ recordings }: ViewerState): Promise<void> {
    const call = { signal: this.#signal, play: false };
    const { time } = this.#options;
    if (time !== undefined) {
      await this.#control.setTime({ ...time, ...call });
      return;
    }
    const [recording] = recordings;
    const timeline = recording?.timelines.find(({ name }) => name === recording.timeline) ?? recording?.timelines[0];
    if (timeline?.end === undefined) return;
    await this.#control.setTime({ timeline: timeline.name, at: timeline.end, ...call });
  }

  /** Takes pictures until nothing loads or moves any more. */
  async #pictureAtRest(view: string | undefined): Promise<Uint8Array> {
    const start = Date.now();
    let last = await this.#picture(view);
    let since = Date.now();
    for (let equal = 1; equal < EQUAL_PICTURES || Date.now() - since < EQUAL_MS;) {
      if (Date.now() - start > REST_MS) break;
      const next = await this.#picture(view);
      const isEqual = Buffer.compare(next, last) === 0;
      equal = isEqual ? equal + 1 : 1;
      if (!isEqual) since = Date.now();
      last = next;
    }
    return last;
  }

  /** Takes a picture, again if the driver fails, as software drivers do under load. */
  async #picture(view: string | undefined): Promise<Uint8Array> {
    for (;;) {
      try {
        return await this.#control.screenshot({ view, signal: this.#signal });
      } catch (error) {
        const isBusy = error instanceof RerunError && error.code === "SERVER" && !this.#signal.aborted;
        if (!isBusy) throw error;
        await sleep(POLL_MS, undefined, { signal: this.#signal });
      }
    }
  }
}

function idOfView(view: string, { views }: ViewerState): string {
  const found = views.find(({ viewId }) => viewId === view) ?? views.find(({ name }) => name === view);
  if (found !== undefined) return found.viewId;
  const names = views.map(({ name }) => JSON.stringify(name)).join(", ");
  throw new RerunError(
    "NOT_FOUND",
    `\`view\` must be the name or the id of a view, got ${JSON.stringify(view)}; the views are: ${names || "none"}`,
  );
}
