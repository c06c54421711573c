import type { GrpcHeaders, OnFull } from "@rerun-ts/core";
import type { SecureClientSessionOptions } from "node:http2";

/** What the sinks for servers have in common. */
export interface ServerSinkOptions {
  /** Sent with every call or connection; a function is asked each time, and then the calling thread sends. */
  headers?: GrpcHeaders | undefined;
  /** For encrypted connections: certificates and the like, as `node:tls` takes them, e.g. `{ ca }`. */
  tls?: SecureClientSessionOptions | undefined;
  /** Bytes that may wait to be sent or to be acknowledged. Default 100 MiB. */
  maxQueueBytes?: number | undefined;
  /**
   * What becomes of data that does not fit. `"block"`, the default, lets `log` wait while there is a connection and
   * something moves, else, and without a worker, it is `"drop-oldest"`.
   */
  onFull?: OnFull | undefined;
  /** How long `log` waits at most while nothing moves, in milliseconds. Default 5000. */
  blockTimeoutMs?: number | undefined;
  /** Bytes of what a new server must know first: store infos, blueprints, static data. Default 64 MiB. */
  retainBytes?: number | undefined;
  /** Send in a worker thread, so that loops which never let go keep streaming. Default `"auto"`: if there can be one. */
  worker?: boolean | "auto" | undefined;
}

/** Options of {@link GrpcSink}. */
export interface GrpcSinkOptions extends ServerSinkOptions {
  /** Where to: default `rerun+http://127.0.0.1:9876/proxy`. */
  url?: string | URL | undefined;
}

/** Options of {@link WebSocketSink}. */
export interface WebSocketSinkOptions extends ServerSinkOptions {
  /** Where to: default `ws://127.0.0.1:9876/ws`; also `wss://…`, and a proxy's address as a viewer is given it. */
  url?: string | URL | undefined;
  /** The relay's `writeToken`; a function is asked at each connection, and then the calling thread sends. */
  token?: string | (() => string | Promise<string>) | undefined;
}

const SERVER_SINK_OPTIONS: Readonly<Record<keyof ServerSinkOptions, 1>> = {
  headers: 1,
  tls: 1,
  maxQueueBytes: 1,
  onFull: 1,
  blockTimeoutMs: 1,
  retainBytes: 1,
  worker: 1,
};
export const GRPC_SINK_OPTIONS: Readonly<Record<keyof GrpcSinkOptions, 1>> = { url: 1, ...SERVER_SINK_OPTIONS };
export const WEBSOCKET_SINK_OPTIONS: Readonly<Record<keyof WebSocketSinkOptions, 1>> = {
  ...GRPC_SINK_OPTIONS,
  token: 1,
};

/** The address and the options, which may come as one object. */
export function toOptions<Options extends { url?: string | URL | undefined }>(
  url: string | URL | Options | undefined,
  options: Omit<Options, "url"> | undefined,
): Options {
  if (typeof url === "object" && !(url instanceof URL)) return url;
  return { ...options, url } as Options;
}
