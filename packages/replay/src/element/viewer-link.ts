/** A viewer whose time a replay follows, and sets. */
export interface ReplayViewer {
  /** Calls a function with each time that the viewer shows. Returns a function that ends this. */
  subscribe(listener: (time: number, timeline: string | undefined) => void): () => void;
  /** Shows a time of `log_time`, in nanoseconds since 1970. */
  show(time: bigint): void;
  /** Starts or stops the movement of the time. */
  play(isPlaying: boolean): void;
}

/** The part of `<rerun-viewer>` that is needed here. */
interface ViewerElement extends HTMLElement {
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
      const listen = (name: string): void =>
        viewer.addEventListener(
          name,
          (event) => {
            const { detail } = event as CustomEvent<{ readonly time?: number; readonly timeline?: string }>;
            timeline = detail?.timeline ?? timeline;
            if (typeof detail?.time === "number") listener(detail.time, timeline);
          },
          { signal: end.signal },
        );
      listen("time");
      listen("timeline");
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
