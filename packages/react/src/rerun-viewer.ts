import type { OpenedWebViewer, OpenWebViewerOptions, RecordingStream, WebViewerEvents } from "@rerun-ts/web";
import { createElement, useEffect, useRef, useState, type CSSProperties, type ReactElement } from "react";
import { DeferredDisposal } from "./deferred-disposal.ts";
import { ViewerSlot } from "./viewer-slot.ts";

/** The functions that {@link RerunViewer} calls for events of its viewer. */
export interface RerunViewerEvents {
  /** Called when the time has changed. */
  onTime?: ((event: WebViewerEvents["time"]) => void) | undefined;
  /** Called when another timeline was chosen. */
  onTimeline?: ((event: WebViewerEvents["timeline"]) => void) | undefined;
  /** Called when the time begins to move. */
  onPlay?: ((event: WebViewerEvents["play"]) => void) | undefined;
  /** Called when the time stops. */
  onPause?: ((event: WebViewerEvents["pause"]) => void) | undefined;
  /** Called when the selection has changed. */
  onSelection?: ((event: WebViewerEvents["selection"]) => void) | undefined;
  /** Called when a recording was opened. */
  onRecordingOpen?: ((event: WebViewerEvents["recordingopen"]) => void) | undefined;
}

/** Properties of {@link RerunViewer}. All but `recording`, `className`, `style` and the functions are read once. */
export interface RerunViewerProps extends Omit<OpenWebViewerOptions, "element" | "recording">, RerunViewerEvents {
  /** The recording to show; the viewer becomes its only sink. Default: none; see `onReady`. */
  recording?: RecordingStream | undefined;
  /** The class of the element around the viewer. */
  className?: string | undefined;
  /** The style of the element around the viewer. Without a height, the viewer is 150 pixels high. */
  style?: CSSProperties | undefined;
  /** Called when the viewer has started, with its `sink` for `setSinks`. */
  onReady?: ((opened: OpenedWebViewer) => void) | undefined;
  /** Called if the viewer does not start. Default: the error is thrown in the component, for an error boundary. */
  onError?: ((error: unknown) => void) | undefined;
}

/**
 * Rerun's viewer as a component, without a server; see `openWebViewer`. It is started when the component is mounted,
 * and stopped when it is unmounted. Another `recording` is shown in the same viewer; a recording that is no longer
 * shown buffers what is logged to it, for the next sink.
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
