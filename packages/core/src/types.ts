// The entry point `@rerun-ts/core/types`: the namespace `types` of `node` and `web`, as far as this package goes. It
// is not part of the public API.
export type { ArrowField, ArrowMetadata, ArrowType } from "./arrow/arrow-type.ts";
export type { BatcherConfig } from "./batch/batcher-config.ts";
export type { BatcherPresets } from "./batch/batcher-presets.ts";
export type { AsComponents, ComponentBatch, ComponentDescriptor, ComponentType, RowWriter } from "./batch/component.ts";
export type { Compression } from "./compress/compression.ts";
export type {
  CaptureErrorsOptions,
  ConditionOptions,
  DumpOptions,
  FlightRecorderOptions,
} from "./flight-recorder/recorder-options.ts";
export type { DumpHandler, FlightDump } from "./flight-recorder/flight-dump.ts";
export type { DiscardOptions, RecoveredDump, RecoverOptions } from "./flight-recorder/recovered-dump.ts";
export type { LeftOutData } from "./flight-recorder/left-out.ts";
export type { TriggerOptions } from "./flight-recorder/trigger-limits.ts";
export type { EntityPathLike, ParseEntityPathOptions } from "./entity/entity-path.ts";
export type { RerunErrorCode, RerunErrorOptions } from "./errors/rerun-error.ts";
export type { RecordingEvents, RecordingListener, RecordingListenerOptions } from "./recording/events.ts";
export type {
  BlueprintLike,
  FlushOptions,
  FlushResult,
  RecordingOptions,
  RecordingStats,
  SendBlueprintOptions,
  SetSinksOptions,
} from "./recording/recording-options.ts";
export type { ColumnsInput, LogOptions, RecordingView } from "./recording/recording-view.ts";
export type { BinaryStream, BinaryStreamSinkOptions } from "./sink/binary-stream-sink.ts";
export type {
  ChunkManifest,
  EncodedMessage,
  ManifestComponent,
  ManifestRange,
  StoreId,
} from "./rrd/encode/encoded-message.ts";
export type { AnyWritable, NodeWritable, WebWritable } from "./sink/byte-writer.ts";
export type { OverflowPolicy } from "./sink/message-queue.ts";
export type { StreamSinkOptions } from "./sink/stream-sink.ts";
export { PROPERTIES_PATH as RECORDING_PROPERTIES_PATH } from "./rrd/encode/manifest-names.ts";
export type { RrdWriterOptions } from "./rrd/encode/rrd-writer.ts";
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
export type { MemoryRecording, MemorySinkOptions } from "./sink/memory-sink.ts";
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
export type { FilterSinkOptions } from "./sink/filtered-sink.ts";
export type { TimeUnit } from "./time/time-column.ts";
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
export type {
  WebSocketClass,
  WebSocketEvent,
  WebSocketLike,
  WebSocketToken,
} from "./transport/websocket/websocket-connection.ts";
export type { GrpcHeaders } from "./transport/server-sink-options.ts";
