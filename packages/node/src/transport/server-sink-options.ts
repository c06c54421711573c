import type { SecureClientSessionOptions } from "node:http2";
import type { GrpcHeaders, ServerSinkOptions as CoreServerSinkOptions } from "@rerun-ts/core";
import type { OptionNames } from "@rerun-ts/core/checks";
import { SERVER_SINK_OPTIONS as CORE_OPTIONS } from "@rerun-ts/core/transport";

/** Options of all sinks for servers. */
export interface ServerSinkOptions extends CoreServerSinkOptions {
  /**
   * Headers for each call (gRPC) or connection (WebSocket). A function is called for each of them, and prevents the use
   * of a worker. Default: none.
   */
  headers?: GrpcHeaders | undefined;
  /** TLS options as `node:tls` accepts them, e.g. `{ ca }` for a certificate with a custom authority. Default: none. */
  tls?: SecureClientSessionOptions | undefined;
  /** The longest time that `log` blocks on a full queue without progress, in milliseconds. Default 5000. */
  blockTimeoutMs?: number | undefined;
  /**
   * Whether to send from a worker thread, so a loop that never yields keeps streaming. Default `"auto"`: if possible.
   */
  thread?: boolean | "auto" | undefined;
}

/** Options of {@link GrpcSink}. */
export type GrpcSinkOptions = ServerSinkOptions;

/** Options of {@link WebSocketSink}. */
export interface WebSocketSinkOptions extends ServerSinkOptions {
  /**
   * The `writeToken` of the relay. A function is called for each connection, and prevents the use of a worker. Default:
   * none.
   */
  token?: string | (() => string | Promise<string>) | undefined;
}

export const GRPC_SINK_OPTIONS: OptionNames<GrpcSinkOptions> = {
  ...CORE_OPTIONS,
  headers: 1,
  tls: 1,
  blockTimeoutMs: 1,
  thread: 1,
};
export const WEBSOCKET_SINK_OPTIONS: OptionNames<WebSocketSinkOptions> = { ...GRPC_SINK_OPTIONS, token: 1 };
