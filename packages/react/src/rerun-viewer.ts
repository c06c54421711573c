import type { RecordingStream, viewer, types } from "@rerun-ts/web";
import type {
  RerunViewerElement,
  RerunViewerElementEvents,
  RerunViewerElementOptions,
  ViewerElementSource,
} from "@rerun-ts/web/element";
import "@rerun-ts/web/element";
import {
  createElement,
  useEffect,
  useRef,
  useState,
  type CSSProperties,
  type ReactElement,
  type RefObject,
} from "react";

/** The callbacks of {@link RerunViewer} for events of its viewer. */
export interface RerunViewerEvents {
  /** Called after a change of the time. */
  onTime?: ((event: RerunViewerElementEvents["time"]) => void) | undefined;
  /** Called after a change of the timeline. */
  onTimeline?: ((event: RerunViewerElementEvents["timeline"]) => void) | undefined;
  /** Called at the start of playback. */
  onPlay?: ((event: RerunViewerElementEvents["play"]) => void) | undefined;
  /** Called at the end of playback. */
  onPause?: ((event: RerunViewerElementEvents["pause"]) => void) | undefined;
  /** Called after a change of the selection. */
  onSelection?: ((event: RerunViewerElementEvents["selection"]) => void) | undefined;
  /** Called after a recording was opened. */
  onRecordingOpen?: ((event: RerunViewerElementEvents["recordingopen"]) => void) | undefined;
  /** Called after a user has dropped files, before they are opened. `preventDefault()` of the event refuses them. */
  onFileDrop?: ((event: RerunViewerElementEvents["filedrop"]) => void) | undefined;
  /** Called after the viewer has started, with its `control`, and its `sink` for `setSinks`. */
  onReady?: ((opened: viewer.OpenedWebViewer) => void) | undefined;
  /**
   * Called if the viewer does not start, or cannot show a property or dropped file. Default: a start error is thrown in
   * the component, for an error boundary, and later errors are printed to the console.
   */
  onError?: ((error: unknown) => void) | undefined;
}

/**
 * Properties of {@link RerunViewer}. The options of `openWebViewer` are read once. Changes of all other properties take
 * effect.
 */
export interface RerunViewerProps extends RerunViewerElementOptions, RerunViewerEvents {
  /** The recording to show. The viewer becomes its only sink. Default: none. */
  recording?: RecordingStream | undefined;
  /** The source to show besides: the URL of a file or a server, a link to a moment, a file or bytes. Default: none. */
  source?: ViewerElementSource | undefined;
  /** The timeline to show. Default: the choice of the viewer. */
  timeline?: string | undefined;
  /**
   * The time to show, as soon as a recording has it. The user may move to other times. Default: the choice of the
   * viewer.
   */
  time?: types.TimeValue | undefined;
  /** Whether the time moves. Default: the choice of the viewer. */
  playing?: boolean | undefined;
  /** The path of the entity to select. Up to 0.41 the viewer cannot do this: an error `UNSUPPORTED`. Default: none. */
  selection?: string | undefined;
  /** The class of the element around the viewer. */
  className?: string | undefined;
  /** The style of the element around the viewer. Without a height, the viewer is 150 pixels high. */
  style?: CSSProperties | undefined;
}

const TAG: string = "rerun-viewer";
/** The events of the element by the names of the callbacks. */
const CALLBACKS = {
  onTime: "time",
  onTimeline: "timeline",
  onPlay: "play",
  onPause: "pause",
  onSelection: "selection",
  onRecordingOpen: "recordingopen",
  onFileDrop: "filedrop",
  onReady: "ready",
} as const satisfies Partial<Record<keyof RerunViewerEvents, keyof RerunViewerElementEvents>>;

/**
 * Rerun's viewer as a component, without a server: the element `<rerun-viewer>` inside a `div`. It starts and stops
 * with the component. Another `recording` is shown in the same viewer. A recording that is no longer shown buffers its
 * data for the next sink.
 *
 * @example
 * <RerunViewer recording={rec} style={{ height: 400 }} panels={{ selection: "hidden" }} />
 */
export function RerunViewer(props: RerunViewerProps): ReactElement {
  const { recording, source, timeline, time, playing, selection, className, style, ...others } = props;
  const container = useRef<HTMLDivElement>(null);
  const element = useRef<RerunViewerElement>(undefined);
  const [failure, setFailure] = useState<{ readonly error: unknown }>();
  const latest = useRef<RerunViewerEvents>(others);
  useEffect(() => {
    latest.current = others;
  });
  useEffect(() => {
    const viewer = (element.current ??= createViewer(others, latest, (error) => setFailure({ error })));
    // In strict mode the viewer leaves the page and returns in one task, and stays the same viewer.
    container.current?.append(viewer);
    return () => viewer.remove();
    // Only the options of the first render count.
  }, []);
  useProperty(element, "recording", recording);
  useProperty(element, "source", source);
  useProperty(element, "timeline", timeline);
  useProperty(element, "time", time);
  useProperty(element, "playing", playing);
  useProperty(element, "selection", selection);
  if (failure !== undefined) throw failure.error;
  return createElement("div", { ref: container, className, style });
}

/** Sets a property of the viewer when it has changed. */
function useProperty<Name extends "recording" | "source" | "timeline" | "time" | "playing" | "selection">(
  viewer: RefObject<RerunViewerElement | undefined>,
  name: Name,
  value: RerunViewerElement[Name],
): void {
  useEffect(() => {
    if (viewer.current !== undefined) viewer.current[name] = value;
  }, [value]);
}

/** Creates the viewer. Its events call the functions of the last render. */
function createViewer(
  props: RerunViewerElementOptions & RerunViewerEvents,
  latest: RefObject<RerunViewerEvents>,
  onFailure: (error: unknown) => void,
): RerunViewerElement {
  const options: Record<string, unknown> = { ...props, onError: undefined };
  const viewer = document.createElement(TAG) as RerunViewerElement;
  // The surrounding `div` has the size.
  viewer.style.display = "contents";
  for (const [callback, event] of Object.entries(CALLBACKS)) {
    options[callback] = undefined;
    viewer.addEventListener(event, ({ detail }: CustomEventInit<never>) =>
      latest.current[callback as keyof typeof CALLBACKS]?.(detail as never),
    );
  }
  viewer.options = options;
  let isReady = false;
  viewer.addEventListener("ready", () => {
    isReady = true;
  });
  viewer.addEventListener("failure", ({ detail }) => {
    if (latest.current.onError !== undefined) latest.current.onError(detail);
    else if (isReady) console.error("[rerun]", detail);
    else onFailure(detail);
  });
  return viewer;
}
