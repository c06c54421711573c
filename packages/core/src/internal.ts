export { withRerunErrors, yieldingRerunErrors } from "./recording/with-rerun-errors.ts";
// The entry point for the sibling packages: nothing here is part of the public API.
export type { ArrowField, ArrowType, PrimitiveType } from "./arrow/arrow-type.ts";
export type { ArrayBuilder } from "./arrow/builder/array-builder.ts";
export { BoolBuilder, FixedSizeBinaryBuilder, NullBuilder, PrimitiveBuilder } from "./arrow/builder/leaf-builders.ts";
export { LargeTextBuilder } from "./arrow/builder/large-text-builder.ts";
export { FixedSizeListBuilder, ListBuilder } from "./arrow/builder/nested-builders.ts";
export { StructBuilder } from "./arrow/builder/struct-builder.ts";
export { UnionBuilder } from "./arrow/builder/union-builder.ts";
export { TextBuilder } from "./arrow/builder/text-builder.ts";
export { fieldWriterOf, type ComponentField, type FieldWriter } from "./batch/component.ts";
export { describeField } from "./batch/component-batches.ts";
export { RowIdColumn, TuidGenerator, copyTuid, tuidText, type Tuid } from "./batch/tuid.ts";
export { BuilderPool } from "./batch/builder-pool.ts";
export { EntityRows } from "./batch/entity-rows.ts";
export { toEntityPath } from "./entity/entity-path.ts";
export { BATCHER_PRESETS } from "./batch/batcher-presets.ts";
export { className, describeValue } from "./describe-value.ts";
export {
  InvalidValueError,
  checked,
  forEachIndex,
  outOfRange,
  withinKey,
  wrongCount,
  wrongType,
} from "./invalid-value-error.ts";
export { hasLoneSurrogate } from "./has-lone-surrogate.ts";
export { toArrayLike, typedArrayName } from "./array-like.ts";
export { checkObject, checkOptions, checkRecording } from "./check-arguments.ts";
export { nonNegative, type OptionNames } from "./options.ts";
export { didYouMean, suggestName } from "./suggest-name.ts";
export { promisedBy, replaceGlobalRecording } from "./recording/global-recording.ts";
export { readEnvironment, type Environment } from "./recording/environment.ts";
export { prepareForExit, shutdownSync } from "./recording/process-end.ts";
export { encodeRows, type StoreRow } from "./recording/encode-rows.ts";
export { blueprintMessages, encodeRbl } from "./recording/blueprint-messages.ts";
export { RECORDING_OPTIONS } from "./recording/recording-setup.ts";
export { CONNECT_OPTIONS } from "./recording/connect-options.ts";
export { connectSink, type ConnectOptions } from "./recording/connect-sink.ts";
export { printFailures, settled } from "./recording/report-failures.ts";
export { frozenAt } from "./recording/frozen-at.ts";
export { logMessages } from "./recording/log-messages.ts";
export { internalsOf, type RecordingInternals } from "./recording/recording-internals.ts";
export type { RecordingHost } from "./recording/recording-options.ts";
export { ProtobufError, forEachField, readField, readVarint, type ProtobufField } from "./protobuf/reader.ts";
export { LENGTH_DELIMITED, varintLength, writeVarint } from "./protobuf/varint.ts";
export { concatBytes } from "./concat-bytes.ts";
export { messageOf } from "./errors.ts";
export { storeKey } from "./rrd/encode/store-id.ts";
export { RrdWriter, encodeRrd } from "./rrd/encode/rrd-writer.ts";
export { Backoff } from "./transport/backoff.ts";
export { DeliveryQueue, rowsIn, type DeliveryLimits } from "./transport/delivery-queue.ts";
export type { Credentials, Delivery, DeliveryContext, DeliveryProgress } from "./transport/delivery.ts";
export { FlightSize } from "./transport/flight-size.ts";
export { GRPC_STATUS, errorCodeOf, errorCodeOfHttp, isGrpcType } from "./transport/grpc-status.ts";
export { LocalDelivery, type LocalDeliveryOptions } from "./transport/local-delivery.ts";
export type { KeepalivePost, PageDeliveryOptions, PageHost } from "./transport/page-host.ts";
export { GRPC_WEB_SINK_OPTIONS } from "./transport/grpc-web/grpc-web-sink.ts";
export { GrpcWebWriter } from "./transport/grpc-web/grpc-web-writer.ts";
export { postMessages } from "./transport/grpc-web/post-messages.ts";
export { postWithKeepalive } from "./transport/websocket/keepalive-post.ts";
export { fromMessageParts, toMessageParts, type MessageParts } from "./transport/message-parts.ts";
export { deserializeError, serializeError, type SerializedError } from "./transport/serialized-error.ts";
export { QueueWriter, type WriterEvents } from "./transport/queue-writer.ts";
export { compactMessage, releasePayload } from "./transport/owned-message.ts";
export { waitWithProgress } from "./transport/wait-with-progress.ts";
export { ServerSink } from "./transport/server-sink.ts";
export {
  SERVER_SINK_OPTIONS,
  checkOnFull,
  headersFor,
  resolveHeaders,
  type GrpcHeaders,
} from "./transport/server-sink-options.ts";
export { completeLength } from "./storage/segment-length.ts";
export {
  parseSegmentName,
  segmentName,
  type CreatedSegment,
  type FoundSegment,
  type SegmentFile,
  type SegmentFolder,
  type SegmentKind,
} from "./storage/segment-file.ts";
export {
  SegmentLog,
  sortSegments,
  type EvictedSegment,
  type Segment,
  type SegmentLogOptions,
} from "./storage/segment-log.ts";
export { toStoredMessage, type StoredMessage } from "./storage/stored-message.ts";
export { checkSpooledSink } from "./spool/check-spooled-sink.ts";
export type { SegmentReader } from "./spool/spool-forwarder.ts";
export { SpoolSink } from "./spool/spool-sink.ts";
export type {
  EvictedFromSpool,
  SpoolSegment,
  SpoolStore,
  SpoolStoreEvents,
  UnstoredMessage,
} from "./spool/spool-store.ts";
export { getOrAdd } from "./get-or-add.ts";
export { ReadBudget } from "./read-budget.ts";
export { randomId } from "./random-id.ts";
export { Rejections } from "./transport/rejections.ts";
export { PROXY_SERVICE_PATH, WRITE_MESSAGES_PATH, grpcFrameHeader } from "./transport/grpc-frame.ts";
export { DEFAULT_PROXY_URL, parseProxyUrl, type ProxyUrl } from "./transport/proxy-url.ts";
export {
  FrameError,
  PROTOCOL_VERSION,
  SESSION_BYTES,
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
export { WEBSOCKET_SINK_OPTIONS } from "./transport/websocket/websocket-sink.ts";
export { WebSocketWriter } from "./transport/websocket/websocket-writer.ts";
export { sendBatches, sendMessages } from "./recording/send-messages.ts";
export { BufferingSink } from "./sink/buffering-sink.ts";
export type { RemovesMessages } from "./sink/memory-sink.ts";
export { MessageFifo } from "./sink/message-fifo.ts";
export { MessageQueue } from "./sink/message-queue.ts";
export { Fifo } from "./sink/fifo.ts";
export { retentionKey } from "./sink/retained-messages.ts";
export type { CompleteSink, RecordingSink, RecordingSinkContext, SinkTakeover } from "./sink/sink.ts";
export { SinkGroup } from "./sink/sink-group.ts";
export { SinkSlot } from "./sink/sink-slot.ts";
export { SinkStatus } from "./sink/sink-status.ts";
export { describeIgnored, differingOptions } from "./sink/differing-options.ts";
export { checkUnclaimed, claimSink } from "./sink/claim-sink.ts";
export { Clock } from "./time/clock.ts";
export { resolveDuration, resolveTimeValue, resolveTimestamp, type TimeCell } from "./time/time-value.ts";
export { toBigInt, type Int64 } from "./time/int64.ts";
