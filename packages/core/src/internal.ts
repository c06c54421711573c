// The door for the sibling packages: nothing here is promised to users.
export type { ArrowField, ArrowType, PrimitiveType } from "./arrow/arrow-type.ts";
export type { ArrayBuilder } from "./arrow/builder/array-builder.ts";
export { BoolBuilder, FixedSizeBinaryBuilder, NullBuilder, PrimitiveBuilder } from "./arrow/builder/leaf-builders.ts";
export { LargeTextBuilder } from "./arrow/builder/large-text-builder.ts";
export { FixedSizeListBuilder, ListBuilder, StructBuilder, UnionBuilder } from "./arrow/builder/nested-builders.ts";
export { TextBuilder } from "./arrow/builder/text-builder.ts";
export type { ComponentField, FieldWriter } from "./batch/component.ts";
export { describeField } from "./batch/component-batches.ts";
export { BATCHER_PRESETS } from "./batch/batcher-config.ts";
export { describeValue } from "./describe-value.ts";
export { InvalidValue, checked, forEachIndex, outOfRange, wrongCount, wrongType } from "./invalid-value.ts";
export { toList, typedArrayName } from "./lists.ts";
export { describeUnknown, notNegative } from "./options.ts";
export { promisedBy, replaceGlobalRecording } from "./recording/global-recording.ts";
export { readEnvironment, type Environment } from "./recording/environment.ts";
export { prepareForExit, shutdownSync } from "./recording/live-recordings.ts";
export type { RecordingHost } from "./recording/recording-options.ts";
export { varintLength, writeVarint } from "./rrd/encode/protobuf-writer.ts";
export { RrdWriter, encodeRrd } from "./rrd/encode/rrd-writer.ts";
export { untilOpen } from "./recording/until-open.ts";
export { Backoff } from "./transport/backoff.ts";
export { DeliveryQueue, rowsIn, type DeliveryLimits } from "./transport/delivery-queue.ts";
export { resolveHeaders } from "./transport/grpc-headers.ts";
export { whileThereIsHope } from "./transport/hope.ts";
export { LoopWriter } from "./transport/loop-writer.ts";
export { checkOnFull } from "./transport/on-full.ts";
export { QUEUE_OPTIONS, QueuedSink, type QueueOptions, type QueueWriterEvents } from "./transport/queued-sink.ts";
export { randomId } from "./random-id.ts";
export { grpcFrameHeader } from "./transport/grpc-frame.ts";
export { whatToDo } from "./transport/what-to-do.ts";
export { DEFAULT_PROXY_URL, parseProxyUrl, type ProxyUrl } from "./transport/proxy-url.ts";
export {
  FrameError,
  PROTOCOL_VERSION,
  SUBPROTOCOL,
  TOKEN_SUBPROTOCOL,
  decodeFrame,
  encodeAck,
  encodeData,
  encodeError,
  encodeHello,
  encodeParts,
  encodeWelcome,
  tokenSubprotocol,
  type DataFrame,
  type Frame,
  type Hello,
  type PartFrame,
} from "./transport/websocket/frames.ts";
export type { SocketMaker, WebSocketLike } from "./transport/websocket/websocket-connection.ts";
export { DEFAULT_WEBSOCKET_URL, parseWebSocketUrl } from "./transport/websocket/websocket-url.ts";
export { WebSocketWriter } from "./transport/websocket/websocket-writer.ts";
export { BufferingSink } from "./sink/buffering-sink.ts";
export { MessageQueue } from "./sink/message-queue.ts";
export { SinkStatus } from "./sink/sink-status.ts";
export { resolveDuration, resolveTimestamp } from "./time/time-value.ts";
export type { Int64 } from "./time/int64.ts";
