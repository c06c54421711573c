export * from "@rerun-ts/core/logging";
export * from "@rerun-ts/types/logging";
export {
  connectGrpc,
  connectWebSocket,
  download,
  getGlobalRecording,
  init,
  logFileFromContents,
  saveToOpfs,
  saveToPicker,
  setGlobalRecording,
} from "./recording/global-recording.ts";
export { FlightRecorder } from "./flight-recorder/flight-recorder.ts";
export { RecordingStream } from "./recording/recording-stream.ts";
export { connectBlueprint, downloadBlueprint } from "./blueprints/send-blueprints.ts";
export { WebViewerSink } from "./viewer/web-viewer-sink.ts";
export { logImageBitmap } from "./media/log-image-bitmap.ts";
export { OpfsSink } from "./opfs/opfs-sink.ts";
export { spool } from "./opfs/spool.ts";
export { joinRecording } from "./worker-host/join-recording.ts";
export { shareRecording } from "./worker-host/share-recording.ts";
export { WorkerHost } from "./worker-host/worker-host.ts";
export { GrpcSink } from "./transport/grpc-sink.ts";
export { WebSocketSink } from "./transport/websocket-sink.ts";
// Everything but logging stands in namespaces.
export * as blueprint from "@rerun-ts/blueprint";
export * as files from "./namespaces/files.ts";
export * as opfs from "./namespaces/opfs.ts";
export * as sensors from "./namespaces/sensors.ts";
export * as types from "./namespaces/types.ts";
export * as video from "./namespaces/video.ts";
export * as viewer from "./namespaces/viewer.ts";
