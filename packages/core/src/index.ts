export * from "./logging.ts";
export * from "./types.ts";
export { getGlobalRecording, setGlobalRecording } from "./recording/global-recording.ts";
export { RecordingStream } from "./recording/recording-stream.ts";
export { GrpcWebSink, type GrpcWebSinkOptions } from "./transport/grpc-web/grpc-web-sink.ts";
export { WebSocketSink, type WebSocketSinkOptions } from "./transport/websocket/websocket-sink.ts";
export type { ServerSinkOptions } from "./transport/server-sink-options.ts";
export { parseProxyUrl, type ProxyUrl } from "./transport/proxy-url.ts";
export { viewerUrl, type LinkTime, type ViewerUrlOptions } from "./viewer-control/viewer-link.ts";
