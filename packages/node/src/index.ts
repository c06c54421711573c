/// <reference types="node" preserve="true" />
export * from "@rerun-ts/core/logging";
export { runWith } from "./recording/run-with.ts";
export * from "@rerun-ts/types/logging";
export { connectBlueprint, saveBlueprint, spawnBlueprint } from "./blueprints/send-blueprints.ts";
export { spool } from "./spool/spool.ts";
export { FileSink } from "./file/file-sink.ts";
export { PartsFileSink } from "./parts/parts-file-sink.ts";
export { GrpcSink } from "./transport/grpc/grpc-sink.ts";
export {
  connectGrpc,
  connectWebSocket,
  getGlobalRecording,
  init,
  logFileFromContents,
  logFileFromPath,
  save,
  saveParts,
  serveGrpc,
  setGlobalRecording,
  spawn,
  stdout,
} from "./recording/global-recording.ts";
export { FlightRecorder } from "./flight-recorder/flight-recorder.ts";
export { RecordingStream } from "./recording/recording-stream.ts";
export { GrpcServerSink } from "./relay/sink/grpc-server-sink.ts";
export { installShutdownSignals } from "./recording/shutdown-signals.ts";
export { rerunArgOptions } from "./script/arguments.ts";
export { scriptSetup, scriptTeardown } from "./script/script.ts";
export { StdoutSink } from "./stdout/stdout-sink.ts";
export { WebSocketSink } from "./transport/websocket/websocket-sink.ts";
export { logProcessMetrics } from "./metrics/process-metrics.ts";
// Everything but logging stands in namespaces.
export * as blueprint from "@rerun-ts/blueprint";
export * as files from "./namespaces/files.ts";
export * as serve from "./namespaces/serve.ts";
export * as types from "./namespaces/types.ts";
export * as video from "./namespaces/video.ts";
export * as viewer from "./namespaces/viewer.ts";
