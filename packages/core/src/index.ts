export * from "./logging.ts";
export type * from "./types.ts";
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
export { getGlobalRecording, setGlobalRecording } from "./recording/global-recording.ts";
export { RecordingStream } from "./recording/recording-stream.ts";
export { PROPERTIES_PATH as RECORDING_PROPERTIES_PATH } from "./rrd/encode/manifest-names.ts";
export { GrpcWebSink, type GrpcWebSinkOptions } from "./transport/grpc-web/grpc-web-sink.ts";
export { WebSocketSink, type WebSocketSinkOptions } from "./transport/websocket/websocket-sink.ts";
export type { ServerSinkOptions } from "./transport/server-sink-options.ts";
export { parseProxyUrl, type ProxyUrl } from "./transport/proxy-url.ts";
export { viewerUrl, type LinkTime, type ViewerUrlOptions } from "./viewer-control/viewer-link.ts";
