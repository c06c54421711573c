import { RerunError, type TimeValue } from "@rerun-ts/core";
import { sleep } from "@rerun-ts/core/util";
import type { ViewerControl } from "@rerun-ts/core/viewer-control";

/** The first interval between two polls of a viewer without the timeline, and the longest. */
const [POLL_MS, MAX_POLL_MS] = [100, 1000];

/** The time that a page wants a viewer to show. */
export interface TimeSettings {
  readonly timeline?: string | undefined;
  readonly time?: TimeValue | undefined;
  readonly playing?: boolean | undefined;
}

/** Sets the time of the active recording, immediately or as soon as the viewer has a recording with that timeline. */
export class WantedTime {
  readonly #control: ViewerControl;
  readonly #onError: (error: unknown) => void;
  #settings: TimeSettings = {};
  #changes: TimeSettings = {};
  #revision = 0;
  #isRunning = false;
  #isStopped = false;

  constructor(control: ViewerControl, onError: (error: unknown) => void) {
    this.#control = control;
    this.#onError = onError;
  }

  /** Stores the current settings, and applies the changed ones. */
  set(settings: TimeSettings, changes: TimeSettings): void {
    this.#settings = settings;
    this.#changes = { ...this.#changes, ...changes };
    this.#revision++;
    void this.#run();
  }

  /** Applies all settings again, because another recording was opened. */
  repeat(): void {
    this.set(this.#settings, this.#settings);
  }

  /** Ends all attempts. */
  stop(): void {
    this.#isStopped = true;
  }

  async #run(): Promise<void> {
    // Waits for a microtask, so that settings of the same task are applied together.
    if (this.#isRunning) return;
    this.#isRunning = true;
    await Promise.resolve();
    for (let wait = POLL_MS; this.#hasChanges() && !this.#isStopped; wait = Math.min(2 * wait, MAX_POLL_MS)) {
      const revision = this.#revision;
      const isDone = await this.#apply().catch((error: unknown) => {
        const { code } = RerunError.from(error, "SERVER");
        // A viewer in a hidden page responds only once the page is shown.
        if (code === "TIMEOUT" || code === "CONNECTION") return false;
        if (!this.#isStopped) this.#onError(error);
        return true;
      });
      if (isDone && revision === this.#revision) this.#changes = {};
      else if (!isDone) await sleep(wait);
    }
    this.#isRunning = false;
  }

  #hasChanges(): boolean {
    return Object.values(this.#changes).some((value) => value !== undefined);
  }

  /** Returns whether the viewer has a recording with the timeline. */
  async #apply(): Promise<boolean> {
    const { activeRecording, recordings } = await this.#control.state();
    const active = recordings.find(({ storeId }) => storeId === activeRecording);
    const { timeline } = this.#settings;
    if (active === undefined || active.timelines.length === 0) return false;
    if (timeline !== undefined && !active.timelines.some(({ name }) => name === timeline)) return false;
    const { time: at, playing: play } = this.#changes;
    await this.#control.setTime({ recording: active.storeId, timeline, at, play });
    return true;
  }
}
