import type { GrpcHeaders, OnFull } from "@rerun-ts/core";
import type { SecureClientSessionOptions } from "node:http2";

/** Options of {@link GrpcSink}. */
export interface GrpcSinkOptions {
  /** Where to: default `rerun+http://127.0.0.1:9876/proxy`. */
  url?: string | URL | undefined;
  /** Sent with every call; a function is asked each time, and then the calling thread sends. */
  headers?: GrpcHeaders | undefined;
  /** For `rerun://`: certificates and the like, as `node:tls` takes them, e.g. `{ ca }`. */
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

export const GRPC_SINK_OPTIONS: Readonly<Record<keyof GrpcSinkOptions, 1>> = {
  url: 1,
  headers: 1,
  tls: 1,
  maxQueueBytes: 1,
  onFull: 1,
  blockTimeoutMs: 1,
  retainBytes: 1,
  worker: 1,
};

/** The address and the options, which may come as one object. */
export function toOptions<Options extends GrpcSinkOptions>(
  url: string | URL | Options | undefined,
  options: Omit<Options, "url"> | undefined,
): Options {
  if (typeof url === "object" && !(url instanceof URL)) return url;
  return { ...options, url } as Options;
}
