export type { ArrowField, ArrowMetadata, ArrowType } from "./arrow/arrow-type.ts";
export type { BatcherConfig } from "./batch/batcher-config.ts";
export { BATCHER_PRESETS, type BatcherPresets } from "./batch/batcher-presets.ts";
export type { AsComponents, ComponentBatch, ComponentDescriptor, ComponentType, RowWriter } from "./batch/component.ts";
export { componentBatches } from "./batch/component-batches.ts";
export { ComponentColumn, ComponentColumnList } from "./batch/component-column.ts";
export type { Compression } from "./compress/compression.ts";
export { EntityPath, type EntityPathLike, type ParseEntityPathOptions } from "./entity/entity-path.ts";
export { escapeEntityPathPart } from "./entity/escape.ts";
export { RerunError, isRerunError, type RerunErrorCode, type RerunErrorOptions } from "./errors/rerun-error.ts";
export type { RecordingEvents, RecordingListener, RecordingListenerOptions } from "./recording/events.ts";
export {
  at,
  binaryStream,
  disableTimeline,
  disconnect,
  flush,
  getGlobalRecording,
  log,
  memoryRecording,
  resetTime,
  sendBlueprint,
  sendColumns,
  sendProperty,
  sendRecordingName,
  sendRecordingStartTime,
  setGlobalRecording,
  setSink,
  setSinks,
  setLogTickEnabled,
  setLogTimeEnabled,
  setStrictMode,
  setTime,
} from "./recording/global-recording.ts";
export { shutdown } from "./recording/live-recordings.ts";
export type {
  BlueprintLike,
  FlushOptions,
  FlushResult,
  RecordingOptions,
  RecordingStats,
  SendBlueprintOptions,
  SetSinksOptions,
} from "./recording/recording-options.ts";
export { RecordingStream } from "./recording/recording-stream.ts";
export type { ColumnsInput, LogOptions, RecordingView } from "./recording/recording-view.ts";
export {
  RERUN_KIND,
  RERUN_KIND_CONTROL,
  RERUN_KIND_INDEX,
  SORBET_ARCHETYPE_NAME,
  SORBET_COMPONENT,
  SORBET_COMPONENT_TYPE,
  SORBET_ENTITY_PATH,
  SORBET_INDEX_NAME,
  SORBET_IS_TABLE_INDEX,
} from "./rrd/metadata-keys.ts";
export { PROPERTIES_PATH as RECORDING_PROPERTIES_PATH } from "./rrd/encode/manifest-names.ts";
export { RERUN_VERSION } from "./rerun-version.ts";
export { BinaryStreamSink, type BinaryStream, type BinaryStreamSinkOptions } from "./sink/binary-stream-sink.ts";
export { CallbackSink } from "./sink/callback-sink.ts";
export type {
  ChunkManifest,
  EncodedMessage,
  ManifestComponent,
  ManifestRange,
  StoreId,
} from "./rrd/encode/encoded-message.ts";
export type { AnyWritable, NodeWritable, WebWritable } from "./sink/byte-writer.ts";
export type { OverflowPolicy } from "./sink/message-queue.ts";
export { StreamSink, type StreamSinkOptions } from "./sink/stream-sink.ts";
export type { RrdWriterOptions } from "./rrd/encode/rrd-writer.ts";
export { MemorySink, type MemoryRecording, type MemorySinkOptions } from "./sink/memory-sink.ts";
export type {
  CustomSink,
  DropReason,
  Sink,
  SinkContext,
  SinkDrop,
  SinkFlushOptions,
  SinkState,
  SinkStats,
} from "./sink/sink.ts";
export { customSink } from "./sink/custom-sink.ts";
export { filtered, type FilterSinkOptions } from "./sink/filtered-sink.ts";
export { tee } from "./sink/tee.ts";
export { TimeColumn, type TimeUnit } from "./time/time-column.ts";
export type { TimePointLike } from "./time/time-point.ts";
export type {
  DateLike,
  DurationLike,
  EpochNanoseconds,
  ExplicitTimeValue,
  TimestampLike,
  TimeValue,
  UnitValue,
} from "./time/time-value.ts";
export type { WaitForConnectionOptions } from "./recording/wait-for-connection.ts";
export { GrpcWebSink, type GrpcWebSinkOptions } from "./transport/grpc-web/grpc-web-sink.ts";
export { WebSocketSink, type WebSocketSinkOptions } from "./transport/websocket/websocket-sink.ts";
export type {
  WebSocketClass,
  WebSocketEvent,
  WebSocketLike,
  WebSocketToken,
} from "./transport/websocket/websocket-connection.ts";
export type { GrpcHeaders, ServerSinkOptions } from "./transport/server-sink-options.ts";
export { parseProxyUrl, type ProxyUrl } from "./transport/proxy-url.ts";
export { VERSION } from "./version.ts";
export { viewerUrl, type LinkTime, type ViewerUrlOptions } from "./viewer-control/viewer-link.ts";
