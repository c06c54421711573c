export {
  BATCHER_PRESETS,
  BinaryStreamSink,
  CallbackSink,
  ComponentColumn,
  ComponentColumnList,
  EntityPath,
  MemorySink,
  RERUN_VERSION,
  RerunError,
  StreamSink,
  TimeColumn,
  VERSION,
  at,
  binaryStream,
  componentBatches,
  disableTimeline,
  disconnect,
  escapeEntityPathPart,
  flush,
  isRerunError,
  log,
  memoryRecording,
  parseProxyUrl,
  resetTime,
  sendBlueprint,
  sendColumns,
  sendProperty,
  sendRecordingName,
  setSink,
  setSinks,
  setStrictMode,
  setTime,
  shutdown,
  tee,
} from "@rerun-ts/core";
export type {
  AnyWritable,
  ArrowField,
  ArrowMetadata,
  ArrowType,
  AsComponents,
  BatcherConfig,
  BatcherPresets,
  BinaryStream,
  BinaryStreamSinkOptions,
  BlueprintLike,
  ChunkManifest,
  ColumnsInput,
  ComponentBatch,
  ComponentDescriptor,
  ComponentType,
  Compression,
  DateLike,
  DropReason,
  DurationLike,
  EncodedMessage,
  EntityPathLike,
  EpochNanoseconds,
  ExplicitTimeValue,
  FlushOptions,
  FlushResult,
  GrpcHeaders,
  WebSocketClass,
  WebSocketEvent,
  WebSocketLike,
  WebSocketToken,
  LogOptions,
  ManifestComponent,
  ManifestRange,
  MemoryRecording,
  MemorySinkOptions,
  NodeWritable,
  OnFull,
  OverflowPolicy,
  ParseEntityPathOptions,
  ProxyUrl,
  RecordingEvents,
  RecordingListener,
  RecordingListenerOptions,
  RecordingOptions,
  RecordingStats,
  RecordingView,
  RerunErrorCode,
  RerunErrorOptions,
  RowWriter,
  RrdWriterOptions,
  SendBlueprintOptions,
  SetSinksOptions,
  Sink,
  SinkContext,
  SinkDrop,
  SinkFlushOptions,
  SinkState,
  SinkStats,
  StoreId,
  StreamSinkOptions,
  TimePointLike,
  TimeUnit,
  TimeValue,
  TimestampLike,
  UnitValue,
  WaitForConnectionOptions,
  WebWritable,
} from "@rerun-ts/core";
// Archetypes, components, encodings and their types: all exports of `@rerun-ts/types`.
export * from "@rerun-ts/types";
// Layouts, beside the archetypes that they are stored in.
export * as blueprint from "@rerun-ts/blueprint";
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
export { RecordingStream } from "./recording/recording-stream.ts";
export type { ConnectGrpcOptions } from "./transport/connect-grpc.ts";
export type { ConnectWebSocketOptions } from "./transport/connect-websocket.ts";
export type { DownloadOptions, DownloadResult, FileProgress } from "./download/download-options.ts";
export {
  openWebViewer,
  type ElementLike,
  type OpenedWebViewer,
  type OpenWebViewerOptions,
  type WebViewerPanel,
} from "./viewer/open-web-viewer.ts";
export { connectViewer, type ConnectViewerOptions } from "./viewer/connect-viewer.ts";
export type {
  CloseViewerRecordings,
  OpenInViewer,
  OpenedInViewer,
  SetViewerBlueprint,
  SetViewerTime,
  ViewerBlueprint,
  ViewerBlueprintJson,
  ViewerBlueprintTarget,
  ViewerCallOptions,
  ViewerCommand,
  ViewerComponent,
  ViewerControl,
  ViewerEntity,
  ViewerLogEntry,
  ViewerPlayState,
  ViewerRecording,
  ViewerRectangle,
  ViewerReport,
  ViewerSchema,
  ViewerSchemaOptions,
  ViewerScreenshot,
  ViewerServer,
  ViewerState,
  ViewerStoreId,
  ViewerTime,
  ViewerTimeline,
  ViewerTransformGraphOptions,
  ViewerView,
} from "@rerun-ts/core/viewer-control";
export type { WebViewerChannelLike, WebViewerLike } from "./viewer/web-viewer-like.ts";
export { connectBlueprint, downloadBlueprint, type ConnectBlueprintOptions } from "./blueprints/send-blueprints.ts";
export { WebViewerSink, type WebViewerSinkOptions } from "./viewer/web-viewer-sink.ts";
export type { BitmapEncoding } from "./media/encode-bitmap.ts";
export { logImageBitmap, type LogImageBitmapOptions } from "./media/log-image-bitmap.ts";
export { OpfsSink, type OpfsFullPolicy, type OpfsSinkOptions } from "./opfs/opfs-sink.ts";
export type { OpfsMessagesOptions } from "./opfs/opfs-messages-options.ts";
export type { OpfsRecording, SendRecordingOptions } from "./opfs/opfs-recording.ts";
export {
  deleteRecording,
  listRecordings,
  openRecording,
  storageEstimate,
  type OpfsEstimate,
  type OpfsRecordingInfo,
} from "./opfs/opfs-recordings.ts";
export type { SaveToOpfsOptions } from "./opfs/save-to-opfs.ts";
export { spool, type SpoolOptions } from "./opfs/spool.ts";
export { logDeviceMotion } from "./sensors/log-device-motion.ts";
export { logDeviceOrientation } from "./sensors/log-device-orientation.ts";
export { logGeolocation, type LogGeolocationOptions } from "./sensors/log-geolocation.ts";
export { logNetwork, type LogNetworkOptions } from "./sensors/log-network.ts";
export { logPerformance } from "./sensors/log-performance.ts";
export { logPointer, type LogPointerOptions } from "./sensors/log-pointer.ts";
export { logXrPoses, type XrFrameLike, type XrPoseLike, type XrSessionLike } from "./sensors/log-xr-poses.ts";
export type { StopSensor } from "./sensors/sensor.ts";
export { logCanvas } from "./video/log-canvas.ts";
export {
  logEncodedVideoChunk,
  type EncodedVideoChunkOptions,
  type VideoChunkMetadataLike,
} from "./video/log-encoded-video-chunk.ts";
export { logMediaStream } from "./video/log-media-stream.ts";
export { logVideoFrame, type VideoFrameOptions } from "./video/log-video-frame.ts";
export type { VideoCapture } from "./video/video-capture.ts";
export type { WebVideoCodec } from "./video/video-codec.ts";
export type { CapturedFrame, VideoOptions } from "./video/video-options.ts";
export type { VideoStats } from "./video/video-stats.ts";
export { joinRecording, type JoinRecordingOptions } from "./worker-host/join-recording.ts";
export { shareRecording } from "./worker-host/share-recording.ts";
export { WorkerHost } from "./worker-host/worker-host.ts";
export { GrpcSink, type GrpcSinkOptions } from "./transport/grpc-sink.ts";
export { WebSocketSink, type WebSocketSinkOptions } from "./transport/websocket-sink.ts";
