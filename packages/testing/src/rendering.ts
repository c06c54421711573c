import { setTimeout as sleep } from "node:timers/promises";
import { RerunError } from "@rerun-ts/core";
import type { ViewerControl, ViewerState } from "@rerun-ts/core/viewer-control";
import type { RenderOptions } from "./render-options.ts";

/** The part of a recording that is drawn. */
export type RenderingOptions = Pick<RenderOptions, "panels" | "time" | "view">;

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

/** A picture of a recording in a viewer. */
export class Rendering {
  readonly #control: ViewerControl;
  readonly #options: RenderingOptions;
  readonly #signal: AbortSignal;

  constructor(control: ViewerControl, options: RenderingOptions, signal: AbortSignal) {
    this.#control = control;
    this.#options = options;
    this.#signal = signal;
  }

  /** Opens a file, and draws it. */
  async draw(path: string): Promise<Uint8Array> {
    return this.drawOpen(await this.open(path));
  }

  /** Opens a file in place of all others. */
  async open(path: string): Promise<ViewerState> {
    const { panels = false } = this.#options;
    const call = { signal: this.#signal };
    await this.#control.close({ all: true, ...call });
    await this.#control.open(path, call);
    const state = await this.#untilLoaded();
    if (!panels) await this.#control.setBlueprint(NO_PANELS, { partial: true, ...call });
    return state;
  }

  /** Draws the file that is open. */
  async drawOpen(state: ViewerState): Promise<Uint8Array> {
    const { view } = this.#options;
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
