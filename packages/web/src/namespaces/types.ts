// The namespace `types`: the types of arguments and results, and names of stored metadata.
export * from "@rerun-ts/core/types";
export type * from "@rerun-ts/types/value-types";
export type { ConnectGrpcOptions } from "../transport/connect-grpc.ts";
export type { ConnectWebSocketOptions } from "../transport/connect-websocket.ts";
export type { DownloadHtmlOptions } from "../download/download-html.ts";
export type { DownloadOptions, DownloadResult, FileProgress } from "../download/download-options.ts";
export type { ConnectBlueprintOptions } from "../blueprints/connect-blueprint-options.ts";
export type { WebViewerSinkOptions } from "../viewer/web-viewer-sink.ts";
export type { BitmapEncoding } from "../media/encode-bitmap.ts";
export type { LogImageBitmapOptions } from "../media/log-image-bitmap.ts";
export type { DownloadFlightHtmlOptions, PageFlightRecorderOptions } from "../flight-recorder/flight-recorder.ts";
export type { OpfsSinkOptions } from "../opfs/opfs-sink.ts";
export type { SaveToOpfsOptions } from "../opfs/save-to-opfs.ts";
export type { SpoolOptions } from "../opfs/spool.ts";
export type { JoinRecordingOptions } from "../worker-host/join-recording.ts";
export type { GrpcSinkOptions } from "../transport/grpc-sink.ts";
export type { WebSocketSinkOptions } from "../transport/websocket-sink.ts";
