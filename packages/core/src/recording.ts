// The entry point `@rerun-ts/core/recording`: the internals of a recording, and the hooks for platforms. It is
// not part of the public API.
export { BATCHER_PRESETS } from "./batch/batcher-presets.ts";
export { errorText } from "./flight-recorder/console-errors.ts";
export { BaseFlightRecorder, type RecordsMessages } from "./flight-recorder/flight-recorder.ts";
export type { FlightPlatform, RingLimits } from "./flight-recorder/recorder-options.ts";
export { checkDiscardOptions, checkRecoverOptions, RECOVERED_REASON } from "./flight-recorder/recovered-dump.ts";
export { recoverDump } from "./flight-recorder/recover-dump.ts";
export type { RingStorage } from "./flight-recorder/disk-ring.ts";
export { blueprintMessages } from "./recording/blueprint-messages.ts";
export { CONNECT_OPTIONS } from "./recording/connect-options.ts";
export { connectSink, type ConnectOptions } from "./recording/connect-sink.ts";
export { readEnvironment, type Environment } from "./recording/environment.ts";
export { frozenAt } from "./recording/frozen-at.ts";
export { promisedBy, replaceGlobalRecording, trackTasks, type RecordingTask } from "./recording/global-recording.ts";
export { ImportPace } from "./recording/import-pace.ts";
export { logMessages } from "./recording/log-messages.ts";
export { prepareForExit, shutdownSync } from "./recording/process-end.ts";
export { isRecordingStream, recordedBytes } from "./recording/recorded-bytes.ts";
export { internalsOf } from "./recording/recording-internals.ts";
export type { PlatformHooks } from "./recording/recording-options.ts";
export { RECORDING_OPTIONS } from "./recording/recording-setup.ts";
export { printFailures } from "./recording/report-failures.ts";
export { sendBatches, sendMessages } from "./recording/send-messages.ts";
export { contentsForPage, type PageRecording } from "./recording/contents-for-page.ts";
export { collectMessages, type SavedData } from "./sink/collect-messages.ts";
