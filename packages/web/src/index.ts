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
  customSink,
  tee,
  viewerUrl,
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
  CustomSink,
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
  LinkTime,
  ViewerUrlOptions,
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
// What few pages use, each part as a namespace.
export * as opfs from "./opfs.ts";
export * as sensors from "./sensors.ts";
export * as video from "./video.ts";
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
  ViewerColumn,
  ViewerCommand,
  ViewerComponent,
  ViewerControl,
  ViewerDatasetAsset,
  ViewerDatasetOptions,
  ViewerDatasetSchema,
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
  ViewerSource,
  ViewerState,
  ViewerStoreId,
  ViewerEventName,
  ViewerEvents,
  ViewerListenerOptions,
  ViewerTime,
  ViewerTimeEvent,
  ViewerTimeline,
  ViewerTransformGraphOptions,
  ViewerView,
} from "@rerun-ts/core/viewer-control";
export type { WebViewerEvent, WebViewerEvents, WebViewerSelectedItem } from "./viewer/viewer-events.ts";
export type { WebViewerChannelLike, WebViewerLike } from "./viewer/web-viewer-like.ts";
export type { ConnectBlueprintOptions } from "./blueprints/connect-blueprint-options.ts";
export { connectBlueprint, downloadBlueprint } from "./blueprints/send-blueprints.ts";
export { WebViewerSink, type WebViewerSinkOptions } from "./viewer/web-viewer-sink.ts";
export type { BitmapEncoding } from "./media/encode-bitmap.ts";
export { logImageBitmap, type LogImageBitmapOptions } from "./media/log-image-bitmap.ts";
export { OpfsSink, type OpfsSinkOptions } from "./opfs/opfs-sink.ts";
export type { SaveToOpfsOptions } from "./opfs/save-to-opfs.ts";
export { spool, type SpoolOptions } from "./opfs/spool.ts";
export { joinRecording, type JoinRecordingOptions } from "./worker-host/join-recording.ts";
export { shareRecording } from "./worker-host/share-recording.ts";
export { WorkerHost } from "./worker-host/worker-host.ts";
export { GrpcSink, type GrpcSinkOptions } from "./transport/grpc-sink.ts";
export { WebSocketSink, type WebSocketSinkOptions } from "./transport/websocket-sink.ts";
