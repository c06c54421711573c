import type { WebSocketToken } from "@rerun-ts/core";
import { invalidArgument, rawOf } from "@rerun-ts/core/checks";
import type { GrpcHeaders, PageTransportHooks } from "@rerun-ts/core/transport";

/** The options of a sink that sends from a worker. */
export interface WorkerSinkOptions {
  readonly transport: "grpc" | "websocket";
  readonly url?: string | URL | undefined;
  readonly headers?: GrpcHeaders | undefined;
  readonly token?: WebSocketToken | undefined;
  /** Options that cannot be passed to a worker. */
  readonly fetch?: unknown;
  readonly WebSocket?: unknown;
}

/**
 * The hooks of sinks that send from a worker, by the `WorkerHost` that was passed as an option. Hosts register their
 * own hooks, so that pages without a host do not load its code.
 */
const hooksByHost = new WeakMap<object, (sink: WorkerSinkOptions) => PageTransportHooks>();

/** Registers the hooks of a host. Each `WorkerHost` calls this once. */
export function registerWorkerHost(host: object, hooksFor: (sink: WorkerSinkOptions) => PageTransportHooks): void {
  hooksByHost.set(host, hooksFor);
}

/** The hooks of a sink that sends from a worker. @throws {TypeError} if `worker` is no `WorkerHost` */
export function hooksOfWorker(worker: object, sink: WorkerSinkOptions): PageTransportHooks {
  const hooksFor = hooksByHost.get(rawOf(worker));
  if (hooksFor !== undefined) return hooksFor(sink);
  throw invalidArgument("worker", "a WorkerHost", worker);
}
