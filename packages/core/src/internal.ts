// The door for the sibling packages: nothing here is promised to users.
export type { ArrowField, ArrowType, PrimitiveType } from "./arrow/arrow-type.ts";
export type { ArrayBuilder } from "./arrow/builder/array-builder.ts";
export { BoolBuilder, NullBuilder, PrimitiveBuilder } from "./arrow/builder/leaf-builders.ts";
export { createBuilder } from "./arrow/builder/create-builder.ts";
export { FixedSizeListBuilder, ListBuilder, StructBuilder, UnionBuilder } from "./arrow/builder/nested-builders.ts";
export { TextBuilder } from "./arrow/builder/text-builder.ts";
export type { ComponentField, FieldWriter } from "./batch/component.ts";
export { describeValue } from "./describe-value.ts";
export { InvalidValue, checked, forEachIndex, outOfRange, wrongCount, wrongType } from "./invalid-value.ts";
export { replaceGlobalRecording, requireGlobalRecording } from "./recording/global-recording.ts";
export { readEnvironment, type Environment } from "./recording/environment.ts";
export { prepareForExit, shutdownSync } from "./recording/live-recordings.ts";
export type { RecordingHost } from "./recording/recording-options.ts";
export { RrdWriter, encodeRrd } from "./rrd/encode/rrd-writer.ts";
export { BufferingSink } from "./sink/buffering-sink.ts";
export { MessageQueue } from "./sink/message-queue.ts";
export { SinkStatus } from "./sink/sink-status.ts";
export { resolveTimestamp } from "./time/time-value.ts";
export type { Int64 } from "./time/int64.ts";
export { RrdDecoder, decodeRrd } from "./rrd/decode/rrd-decoder.ts";
export type {
  ActivationMessage,
  ChunkMessage,
  EndMessage,
  RrdMessage,
  StoreInfoMessage,
} from "./rrd/decode/messages.ts";
