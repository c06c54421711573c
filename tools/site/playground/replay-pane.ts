import type { ReplayViewer, RerunReplayElementEvents } from "@rerun-ts/replay/element";
import type { ShownRecordings } from "./shown-recordings.ts";

/** The place below the viewer: the page of a program, and its replay once the program has ended. */
export class ReplayPane {
  readonly element: HTMLElement;
  readonly #recordings: ShownRecordings;

  constructor(element: HTMLElement, recordings: ShownRecordings) {
    this.element = element;
    this.#recordings = recordings;
  }

  set isOpen(isOpen: boolean) {
    this.element.hidden = !isOpen;
    if (!isOpen) this.element.replaceChildren();
  }

  /** Shows the recorded page, on one time with the viewer. */
  async replay(): Promise<void> {
    const { RerunReplayElement } = await import("@rerun-ts/replay/element");
    const viewer = await this.#recordings.viewer;
    if (this.element.hidden) return;
    const replay = new RerunReplayElement();
    replay.source = this.#recordings.bytes;
    if (viewer !== undefined) replay.viewer = linkOf(viewer);
    // The viewer, which has followed the program, is at the end.
    replay.addEventListener(
      "ready",
      (event) => void replay.setTime((event as CustomEvent<RerunReplayElementEvents["ready"]>).detail.start),
      { once: true },
    );
    this.element.replaceChildren(replay);
  }
}

type Viewer = NonNullable<Awaited<ShownRecordings["viewer"]>>;

/** A viewer that `openWebViewer` has opened, for a replay. */
function linkOf({ on, control }: Viewer): ReplayViewer {
  let isPlaying = false;
  // A viewer that has ended has no time.
  const setTime = (time: Parameters<typeof control.setTime>[0]): void => void control.setTime(time).catch(() => {});
  return {
    subscribe(listener) {
      let timeline: string | undefined;
      const ends = [
        on("timeline", (event) => {
          timeline = event.timeline;
          listener(event.time, timeline);
        }),
        on("time", ({ time }) => listener(time, timeline)),
      ];
      return () => {
        for (const end of ends) end();
      };
    },
    show: (time) => setTime({ timeline: "log_time", at: { timestamp: time }, play: isPlaying }),
    play(value) {
      isPlaying = value;
      setTime({ play: isPlaying });
    },
  };
}
