"use client";
// The entry point `@rerun-ts/react`.
export { RerunViewer, type RerunViewerEvents, type RerunViewerProps } from "./rerun-viewer.ts";
export { useLog } from "./use-log.ts";
export { useRecording, type UseRecordingOptions } from "./use-recording.ts";
