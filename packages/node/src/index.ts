/// <reference types="node" preserve="true" />
export {
  BATCHER_PRESETS,
  BinaryStreamSink,
  CallbackSink,
  ComponentColumn,
  ComponentColumnList,
  EntityPath,
  MemorySink,
  RECORDING_PROPERTIES_PATH,
  RERUN_KIND,
  RERUN_KIND_CONTROL,
  RERUN_KIND_INDEX,
  RERUN_VERSION,
  SORBET_ARCHETYPE_NAME,
  SORBET_COMPONENT,
  SORBET_COMPONENT_TYPE,
  SORBET_ENTITY_PATH,
  SORBET_INDEX_NAME,
  SORBET_IS_TABLE_INDEX,
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
  sendRecordingStartTime,
  setSink,
  setSinks,
  setLogTickEnabled,
  setLogTimeEnabled,
  setStrictMode,
  setTime,
  shutdown,
  customSink,
  filtered,
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
  FilterSinkOptions,
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
export { runWith } from "./recording/run-with.ts";
export * from "@rerun-ts/types";
// Videos, also in files.
export * as video from "./video.ts";
// Layouts, beside the archetypes that they are stored in.
export * as blueprint from "@rerun-ts/blueprint";
export {
  connectBlueprint,
  saveBlueprint,
  spawnBlueprint,
  type ConnectBlueprintOptions,
  type SpawnBlueprintOptions,
} from "./blueprints/send-blueprints.ts";
export { spool, type SpoolOptions } from "./spool/spool.ts";
export { FileSink } from "./file/file-sink.ts";
export type { FileSinkOptions } from "./file/file-sink-options.ts";
export { PartsFileSink } from "./parts/parts-file-sink.ts";
export type { PartsFileSinkOptions } from "./parts/parts-file-sink-options.ts";
export type { FsyncPolicy } from "./file/fsync-policy.ts";
export {
  readAsset3D,
  readAssetAudio,
  readAssetVideo,
  readEncodedDepthImage,
  readEncodedImage,
} from "./file/read-assets.ts";
export type { LogPathOptions } from "./recording/log-path.ts";
export { runImporter, type ImporterFile, type ImporterOptions } from "./script/run-importer.ts";
export { readUrdf } from "./file/read-urdf.ts";
export { GrpcSink } from "./transport/grpc/grpc-sink.ts";
export type { GrpcSinkOptions, ServerSinkOptions, WebSocketSinkOptions } from "./transport/server-sink-options.ts";
export { readGaussianSplats3D, readPoints2D, readPoints3D } from "./file/read-ply.ts";
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
  type InitOptions,
} from "./recording/global-recording.ts";
export {
  RecordingStream,
  type ConnectGrpcOptions,
  type ConnectWebSocketOptions,
  type SaveOptions,
  type SavePartsOptions,
} from "./recording/recording-stream.ts";
export { GrpcServerSink } from "./relay/sink/grpc-server-sink.ts";
export type { AccessGrant } from "./relay/http/access-grants.ts";
export type { GrpcServerSinkOptions } from "./relay/sink/grpc-server-options.ts";
export type { RelayStats } from "./relay/relay-stats.ts";
export { serveCatalog, type CatalogServer } from "./server/serve-catalog.ts";
export type { ServeCatalogOptions } from "./server/serve-catalog-options.ts";
export { serveGrpcRelay, type GrpcServer, type ServeGrpcOptions } from "./relay/sink/serve-grpc.ts";
export { installShutdownSignals, type ShutdownSignalOptions } from "./recording/shutdown-signals.ts";
export { rerunArgOptions, type RerunArgs } from "./script/arguments.ts";
export { scriptSetup, scriptTeardown, type ScriptOptions } from "./script/script.ts";
export { connectViewer, type ConnectViewerOptions } from "./viewer/connect-viewer.ts";
export type {
  ArrowStream,
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
  ViewerSelection,
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
export type { SpawnOptions } from "./spawn/spawn-options.ts";
export type { SpawnInfo } from "./spawn/start-viewer.ts";
export { StdoutSink } from "./stdout/stdout-sink.ts";
export { WebSocketSink } from "./transport/websocket/websocket-sink.ts";
export { serveWebViewer } from "./web-viewer/serve-web-viewer.ts";
export type { WebViewerServer } from "./web-viewer/viewer-server.ts";
export type { ServeWebViewerOptions, UnpackProgress } from "./web-viewer/serve-web-viewer-options.ts";
export { logProcessMetrics, type ProcessMetricsOptions } from "./metrics/process-metrics.ts";
