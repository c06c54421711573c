import type { WebSocketToken } from "@rerun-ts/core";
import { invalidArgument } from "@rerun-ts/core/checks";
import type { GrpcHeaders, PageHost } from "@rerun-ts/core/transport";

/** The options of a sink that sends from a worker. */
export interface HostedSink {
  readonly transport: "grpc" | "websocket";
  readonly url?: string | URL | undefined;
  readonly headers?: GrpcHeaders | undefined;
  readonly token?: WebSocketToken | undefined;
  /** Options that cannot be passed to a worker. */
  readonly fetch?: unknown;
  readonly WebSocket?: unknown;
}

/**
 * The page's part of sinks that send from a worker, by the `WorkerHost` that was passed as an option. Hosts enter it
 * themselves, so that pages without one do not load its code.
 */
const pagesOf = new WeakMap<object, (sink: HostedSink) => PageHost>();

/** Called once by each `WorkerHost`. */
export function registerHost(host: object, pageFor: (sink: HostedSink) => PageHost): void {
  pagesOf.set(host, pageFor);
}

/** The page's part of a sink that sends from a worker. @throws {TypeError} if `worker` is no `WorkerHost` */
export function hostedPage(worker: object, sink: HostedSink): PageHost {
  const pageFor = pagesOf.get(worker);
  if (pageFor !== undefined) return pageFor(sink);
  throw invalidArgument("worker", "a WorkerHost", worker);
}
