/** A viewer whose time a replay follows, and sets. */
export interface ReplayViewer {
  /** Calls a function with each time that the viewer shows. Returns a function that ends this. */
  subscribe(listener: (time: number, timeline: string | undefined) => void): () => void;
  /** Shows a time of `log_time`, in nanoseconds since 1970. */
  show(time: bigint): void;
  /** Starts or stops the movement of the time. */
  play(isPlaying: boolean): void;
}

/** The part of a viewer's state that is needed here. */
interface ViewerState {
  readonly activeRecording: { readonly recordingId: string } | undefined;
  readonly recordings: readonly {
    readonly storeId: { readonly recordingId: string };
    readonly timeline: string | undefined;
    readonly time: bigint | undefined;
  }[];
}

/** The part of `<rerun-viewer>` that is needed here. */
interface ViewerElement extends HTMLElement {
  readonly control?: Promise<{ state(): Promise<ViewerState> }>;
  timeline: string | null | undefined;
  time: bigint | null | undefined;
  playing: boolean | null | undefined;
}

/** The element `<rerun-viewer>` as a viewer for a replay. */
export function linkElement(element: HTMLElement): ReplayViewer {
  const viewer = element as ViewerElement;
  return {
    subscribe(listener) {
      const end = new AbortController();
      let timeline: string | undefined;
      let hasTime = false;
      const listen = (name: string): void =>
        viewer.addEventListener(
          name,
          (event) => {
            const { detail } = event as CustomEvent<{ readonly time?: number; readonly timeline?: string }>;
            timeline = detail?.timeline ?? timeline;
            if (typeof detail?.time !== "number") return;
            hasTime = true;
            listener(detail.time, timeline);
          },
          { signal: end.signal },
        );
      listen("time");
      listen("timeline");
      // The viewer reports its time when it changes, which may have been before.
      const begin = async (): Promise<void> => {
        const recording = await shownIn(viewer);
        if (recording?.time === undefined || hasTime || end.signal.aborted) return;
        timeline ??= recording.timeline;
        listener(Number(recording.time), timeline);
      };
      void begin();
      return () => end.abort();
    },
    show(time) {
      viewer.timeline = "log_time";
      viewer.time = time;
    },
    play(isPlaying) {
      viewer.playing = isPlaying;
    },
  };
}

/** The recording that a viewer shows, with its time. `undefined` if there is none, or the viewer does not tell. */
async function shownIn({ control }: ViewerElement): Promise<ViewerState["recordings"][number] | undefined> {
  try {
    const state = await (await control)?.state();
    return state?.recordings.find(({ storeId }) => storeId.recordingId === state.activeRecording?.recordingId);
  } catch {
    return undefined;
  }
}
