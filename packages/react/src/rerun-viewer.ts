import type { OpenedWebViewer, OpenWebViewerOptions, RecordingStream, WebViewerEvents } from "@rerun-ts/web";
import { createElement, useEffect, useRef, useState, type CSSProperties, type ReactElement } from "react";
import { DeferredDisposal } from "./deferred-disposal.ts";
import { ViewerSlot } from "./viewer-slot.ts";

/** The callbacks of {@link RerunViewer} for events of its viewer. */
export interface RerunViewerEvents {
  /** Called after a change of the time. */
  onTime?: ((event: WebViewerEvents["time"]) => void) | undefined;
  /** Called after a change of the timeline. */
  onTimeline?: ((event: WebViewerEvents["timeline"]) => void) | undefined;
  /** Called at the start of playback. */
  onPlay?: ((event: WebViewerEvents["play"]) => void) | undefined;
  /** Called at the end of playback. */
  onPause?: ((event: WebViewerEvents["pause"]) => void) | undefined;
  /** Called after a change of the selection. */
  onSelection?: ((event: WebViewerEvents["selection"]) => void) | undefined;
  /** Called after a recording was opened. */
  onRecordingOpen?: ((event: WebViewerEvents["recordingopen"]) => void) | undefined;
}

/** Properties of {@link RerunViewer}. All but `recording`, `className`, `style` and the functions are read once. */
export interface RerunViewerProps extends Omit<OpenWebViewerOptions, "element" | "recording">, RerunViewerEvents {
  /** The recording to show. The viewer becomes its only sink. Default: none, for `onReady`. */
  recording?: RecordingStream | undefined;
  /** The class of the element around the viewer. */
  className?: string | undefined;
  /** The style of the element around the viewer. Without a height, the viewer is 150 pixels high. */
  style?: CSSProperties | undefined;
  /** Called after the viewer has started, with its `sink` for `setSinks`. */
  onReady?: ((opened: OpenedWebViewer) => void) | undefined;
  /** Called if the viewer does not start. Default: the error is thrown in the component, for an error boundary. */
  onError?: ((error: unknown) => void) | undefined;
}

/**
 * Rerun's viewer as a component, without a server, by `openWebViewer`. It starts and stops with the component. Another
 * `recording` is shown in the same viewer. A recording that is no longer shown buffers its data for the next sink.
 *
 * @example
 * <RerunViewer recording={rec} style={{ height: 400 }} panels={{ selection: "hidden" }} />
 */
export function RerunViewer(props: RerunViewerProps): ReactElement {
  const { recording, className, style, onReady, onError, ...others } = props;
  const { onTime, onTimeline, onPlay, onPause, onSelection, onRecordingOpen, ...options } = others;
  const element = useRef<HTMLDivElement>(null);
  const [kept] = useState(() => new DeferredDisposal<ViewerSlot>((slot) => void slot.close()));
  const [slot, setSlot] = useState<ViewerSlot>();
  const [failure, setFailure] = useState<{ readonly error: unknown }>();
  const functions = { onReady, onError, onTime, onTimeline, onPlay, onPause, onSelection, onRecordingOpen };
  const latest = useRef(functions);
  useEffect(() => {
    latest.current = functions;
  });
  useEffect(() => {
    const open = (): ViewerSlot =>
      new ViewerSlot(
        { ...options, element: element.current as HTMLDivElement },
        {
          onReady(opened) {
            opened.on("time", (event) => latest.current.onTime?.(event));
            opened.on("timeline", (event) => latest.current.onTimeline?.(event));
            opened.on("play", (event) => latest.current.onPlay?.(event));
            opened.on("pause", (event) => latest.current.onPause?.(event));
            opened.on("selection", (event) => latest.current.onSelection?.(event));
            opened.on("recordingopen", (event) => latest.current.onRecordingOpen?.(event));
            latest.current.onReady?.(opened);
          },
          onError(error) {
            if (latest.current.onError === undefined) setFailure({ error });
            else latest.current.onError(error);
          },
        },
      );
    setSlot(kept.acquire("", open));
    return () => kept.release();
    // The other properties are those of the first render.
  }, [kept]);
  useEffect(() => slot?.show(recording), [slot, recording]);
  if (failure !== undefined) throw failure.error;
  return createElement("div", { ref: element, className, style });
}
