// The entry point `@rerun-ts/core/logging`: what `node` and `web` export to log. It is not part of the public API.
export { BATCHER_PRESETS } from "./batch/batcher-presets.ts";
export { componentBatches } from "./batch/component-batches.ts";
export { ComponentColumn, ComponentColumnList } from "./batch/component-column.ts";
export { EntityPath } from "./entity/entity-path.ts";
export { escapeEntityPathPart } from "./entity/escape.ts";
export { RerunError, isRerunError } from "./errors/rerun-error.ts";
export {
  at,
  binaryStream,
  disableTimeline,
  disconnect,
  flush,
  log,
  memoryRecording,
  resetTime,
  sendBlueprint,
  sendColumns,
  sendProperty,
  sendRecordingName,
  sendRecordingStartTime,
  setSink,
  setSinks,
  setLogTickEnabled,
  setLogTimeEnabled,
  setStrictMode,
  setTime,
} from "./recording/global-recording.ts";
export { shutdown } from "./recording/live-recordings.ts";
export { RERUN_VERSION } from "./rerun-version.ts";
export { BinaryStreamSink } from "./sink/binary-stream-sink.ts";
export { CallbackSink } from "./sink/callback-sink.ts";
export { StreamSink } from "./sink/stream-sink.ts";
export { MemorySink } from "./sink/memory-sink.ts";
export { customSink } from "./sink/custom-sink.ts";
export { filtered } from "./sink/filtered-sink.ts";
export { tee } from "./sink/tee.ts";
export { TimeColumn } from "./time/time-column.ts";
export { VERSION } from "./version.ts";
