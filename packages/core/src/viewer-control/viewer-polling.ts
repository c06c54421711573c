import { startTimer } from "../async/start-timer.ts";
import { RerunError } from "../errors/rerun-error.ts";
import { checkOptionsWithoutLimits, invalidViewerArgument } from "./viewer-arguments.ts";
import type { StateSource } from "./viewer-call-types.ts";
import type { ViewerRecording, ViewerState, ViewerStoreId } from "./viewer-state.ts";

/** Events of a viewer, by their names. */
export interface ViewerEvents {
  /** The time has changed. */
  time: ViewerTimeEvent;
  /** Another timeline is in use. */
  timeline: ViewerTimeEvent;
  /** The time began to move. */
  play: ViewerTimeEvent;
  /** The time stopped. */
  pause: ViewerTimeEvent;
  /** A recording was opened. */
  recordingopen: { readonly recording: ViewerStoreId };
}

/** A time that a viewer shows. */
export interface ViewerTimeEvent {
  /** The recording whose time has changed. */
  readonly recording: ViewerStoreId;
  /** The name of the timeline. */
  readonly timeline: string;
  /** The time on the timeline: a sequence number, or nanoseconds. */
  readonly time: bigint;
}

/** Options of {@link ViewerControl.on}. */
export interface ViewerListenerOptions {
  /** Time between two looks at the viewer, in milliseconds, at least 20. Default 250. */
  intervalMs?: number | undefined;
}

/** An event for which a program can listen at a viewer. */
export type ViewerEventName = keyof ViewerEvents;

const EVENT_NAMES: Readonly<Record<ViewerEventName, true>> = {
  time: true,
  timeline: true,
  play: true,
  pause: true,
  recordingopen: true,
};

const [POLL_MS, MIN_POLL_MS] = [250, 20];

interface Listener {
  readonly name: ViewerEventName;
  readonly intervalMs: number;
  readonly call: (event: never) => void;
}

/** Asks a viewer for its state while there are listeners, and reports changes to them. */
export class ViewerPolling {
  readonly #name: string;
  readonly #viewer: StateSource;
  readonly #listeners = new Set<Listener>();
  #last: ViewerState | undefined;
  #isRunning = false;

  /** @param name the name of the viewer in messages */
  constructor(name: string, viewer: StateSource) {
    this.#name = name;
    this.#viewer = viewer;
  }

  /**
   * Adds a listener. Resolves, once changes are noticed, to a function that removes the listener.
   * @throws {RerunError} `INVALID_ARGUMENT`, or `UNSUPPORTED` for `selection`
   */
  async add(name: ViewerEventName, call: Listener["call"], options: ViewerListenerOptions): Promise<() => void> {
    checkOptionsWithoutLimits("on", options, { intervalMs: 1 });
    const { intervalMs = POLL_MS } = options;
    if ((name as string) === "selection")
      throw new RerunError("UNSUPPORTED", `${this.#name} reports no selection: call \`selection()\``);
    if (!Object.hasOwn(EVENT_NAMES, name))
      throw invalidViewerArgument("name", `must be one of ${Object.keys(EVENT_NAMES).join(", ")}`, name);
    if (typeof call !== "function") throw invalidViewerArgument("listener", "must be a function", call);
    if (!(intervalMs >= MIN_POLL_MS))
      throw invalidViewerArgument("intervalMs", `must be at least ${MIN_POLL_MS}`, intervalMs);
    // The last state of an earlier listener may be outdated.
    if (!this.#isRunning) this.#last = await this.#viewer.state({});
    const listener = { name, intervalMs, call };
    this.#listeners.add(listener);
    if (!this.#isRunning) {
      this.#isRunning = true;
      this.#wait();
    }
    return () => void this.#listeners.delete(listener);
  }

  #wait(): void {
    const intervals = [...this.#listeners].map(({ intervalMs }) => intervalMs);
    startTimer(() => void this.#look(), Math.min(...intervals));
  }

  async #look(): Promise<void> {
    try {
      if (this.#listeners.size > 0) this.#compare(await this.#viewer.state({}));
    } catch {
      // The viewer may come back.
    }
    if (this.#listeners.size > 0) return this.#wait();
    this.#isRunning = false;
  }

  #compare(state: ViewerState): void {
    const last = this.#last;
    this.#last = state;
    for (const recording of state.recordings) {
      const before = last?.recordings.find(({ storeId }) => storeId === recording.storeId);
      if (before === undefined) this.#emit("recordingopen", { recording: recording.storeId });
      this.#compareTimes(before, recording);
    }
  }

  #compareTimes(before: ViewerRecording | undefined, now: ViewerRecording): void {
    const { storeId: recording, timeline, time, playState } = now;
    if (timeline === undefined || time === undefined) return;
    const event = { recording, timeline, time };
    if (timeline !== before?.timeline) this.#emit("timeline", event);
    if (timeline !== before?.timeline || time !== before.time) this.#emit("time", event);
    const [played, plays] = [before?.playState ?? "paused", playState ?? "paused"].map((word) => word !== "paused");
    if (played !== plays) this.#emit(plays === true ? "play" : "pause", event);
  }

  #emit<Name extends ViewerEventName>(name: Name, event: ViewerEvents[Name]): void {
    for (const listener of this.#listeners) {
      if (listener.name !== name) continue;
      try {
        (listener.call as (event: ViewerEvents[Name]) => void)(event);
      } catch (error) {
        // Rethrown like an error of any other listener, because nothing here can handle it.
        startTimer(() => {
          throw error;
        }, 0);
      }
    }
  }
}
