// The entry point `@rerun-ts/core/transport`: queues, deliveries, parts of sinks, gRPC and WebSocket frames,
// addresses. `node`, `web` and `storage` may import it, and `reading` for catalogs and live data. It is not part of
// the public API.
export { ProtobufError, forEachField, readField, readVarint, type ProtobufField } from "./protobuf/reader.ts";
export { LENGTH_DELIMITED, varintLength, writeVarint } from "./protobuf/varint.ts";
export { BufferingSink } from "./sink/buffering-sink.ts";
export { MappedSink } from "./sink/mapped-sink.ts";
export { MessageFifo } from "./sink/message-fifo.ts";
export { MessageQueue } from "./sink/message-queue.ts";
export { MAX_RETAINED_BYTES, RetainedMessages, retentionKey } from "./sink/retained-messages.ts";
export { StaticRepetition, areStaticsDue } from "./sink/static-repetition.ts";
export { SinkGroup } from "./sink/sink-group.ts";
export { SinkSlot } from "./sink/sink-slot.ts";
export { SinkStatus } from "./sink/sink-status.ts";
export type { RecordingSink, RecordingSinkContext, SinkTakeover } from "./sink/sink.ts";
export { Backoff } from "./transport/backoff.ts";
export { CongestionWindow } from "./transport/congestion-window.ts";
export { DeliveryQueue, rowsIn, type DeliveryLimits } from "./transport/delivery-queue.ts";
export type { Credentials, Delivery, DeliveryContext, DeliveryProgress } from "./transport/delivery.ts";
export { PROXY_SERVICE_PATH, WRITE_MESSAGES_PATH, grpcFrameHeader } from "./transport/grpc-frame.ts";
export { GRPC_STATUS, errorCodeOf, isGrpcType } from "./transport/grpc-status.ts";
export { GRPC_WEB_SINK_OPTIONS } from "./transport/grpc-web/grpc-web-sink.ts";
export { GrpcWebWriter } from "./transport/grpc-web/grpc-web-writer.ts";
export { postMessages } from "./transport/grpc-web/post-messages.ts";
export { LocalDelivery } from "./transport/local-delivery.ts";
export { fromMessageParts, toMessageParts, type MessageParts } from "./transport/message-parts.ts";
export { compactMessage, releasePayload } from "./transport/owned-message.ts";
export type { KeepalivePost, PageDeliveryOptions, PageTransportHooks } from "./transport/page-transport-hooks.ts";
export { DEFAULT_PROXY_URL, parseProxyUrl, type ProxyUrl } from "./transport/proxy-url.ts";
export { QueueWriter, type WriterEvents } from "./transport/queue-writer.ts";
export { ReconnectingWriter } from "./transport/reconnecting-writer.ts";
export { describeStatus, refusalCodeOf } from "./transport/refusal-code.ts";
export { ProgramError, RefusedError, refusedByHttp, retryAfterMs, type HttpAnswer } from "./transport/refused-error.ts";
export { deserializeError, serializeError, type SerializedError } from "./transport/serialized-error.ts";
export { SERVER_SINK_OPTIONS, headersFor, resolveHeaders, type GrpcHeaders } from "./transport/server-sink-options.ts";
export { ServerSink, type FollowState, type ServerSinkSetup } from "./transport/server-sink.ts";
export { waitWithProgress } from "./transport/wait-with-progress.ts";
export {
  CONTROLS_SUBPROTOCOL,
  FrameError,
  PROTOCOL_VERSION,
  SESSION_BYTES,
  SUBPROTOCOL,
  TOKEN_SUBPROTOCOL,
  decodeFrame,
  encodeAck,
  encodeReceived,
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
export { postWithKeepalive } from "./transport/websocket/keepalive-post.ts";
export type { SocketMaker, WebSocketLike } from "./transport/websocket/websocket-connection.ts";
export { WEBSOCKET_SINK_OPTIONS } from "./transport/websocket/websocket-sink.ts";
export { DEFAULT_WEBSOCKET_URL, parseWebSocketUrl } from "./transport/websocket/websocket-url.ts";
export { WebSocketWriter } from "./transport/websocket/websocket-writer.ts";
