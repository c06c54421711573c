// The namespace `types`: the types of arguments and results, and names of stored metadata.
export * from "@rerun-ts/core/types";
export type * from "@rerun-ts/types/value-types";
export type { ConnectBlueprintOptions, SpawnBlueprintOptions } from "../blueprints/send-blueprints.ts";
export type { SpoolOptions } from "../spool/spool.ts";
export type { FileSinkOptions } from "../file/file-sink-options.ts";
export type { PartsFileSinkOptions } from "../parts/parts-file-sink-options.ts";
export type { FsyncPolicy } from "../file/fsync-policy.ts";
export type { LogPathOptions } from "../recording/log-path.ts";
export type { GrpcSinkOptions, ServerSinkOptions, WebSocketSinkOptions } from "../transport/server-sink-options.ts";
export type { InitOptions } from "../recording/global-recording.ts";
export type {
  ConnectGrpcOptions,
  ConnectWebSocketOptions,
  SaveOptions,
  SavePartsOptions,
} from "../recording/recording-stream.ts";
export type { GrpcServerSinkOptions } from "../relay/sink/grpc-server-options.ts";
export type { ShutdownSignalOptions } from "../recording/shutdown-signals.ts";
export type { RerunArgs } from "../script/arguments.ts";
export type { ScriptOptions } from "../script/script.ts";
export type { SpawnOptions } from "../spawn/spawn-options.ts";
export type { SpawnInfo } from "../spawn/start-viewer.ts";
export type { ProcessMetricsOptions } from "../metrics/process-metrics.ts";
