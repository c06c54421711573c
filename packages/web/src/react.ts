"use client";
// The entry point `@rerun-ts/web/react`.
export { RerunViewer, type RerunViewerProps } from "./react/rerun-viewer.ts";
export { useLog } from "./react/use-log.ts";
export { useRecording, type UseRecordingOptions } from "./react/use-recording.ts";
