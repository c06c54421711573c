import type { WebSocketToken } from "@rerun-ts/core";
import { hasBrand, invalidArgument, rawOf } from "@rerun-ts/core/checks";
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

/** The hooks of a host for a sink that sends from its worker. */
type HooksFor = (sink: WorkerSinkOptions) => PageTransportHooks;

/** The key of the hooks of a host, in all copies of this package. */
const HOOKS = Symbol.for("rerun-ts.hooks");

/**
 * Registers the hooks of a host, so that pages without a host do not load its code. Each `WorkerHost` calls this once.
 */
export function registerWorkerHost(host: object, hooksFor: HooksFor): void {
  Object.defineProperty(host, HOOKS, { value: hooksFor });
}

/** The hooks of a sink that sends from a worker. @throws {TypeError} if `worker` is not a `WorkerHost` */
export function hooksOfWorker(worker: object, sink: WorkerSinkOptions): PageTransportHooks {
  const host = rawOf(worker);
  const hooksFor = hasBrand(host, "WorkerHost") ? (host as { readonly [HOOKS]?: HooksFor })[HOOKS] : undefined;
  if (hooksFor !== undefined) return hooksFor(sink);
  throw invalidArgument("worker", "a WorkerHost", worker);
}
