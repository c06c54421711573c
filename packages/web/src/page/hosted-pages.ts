import { describeValue, type GrpcHeaders, type PageHost } from "@rerun-ts/core/internal";
import type { ProxyUrl, WebSocketToken } from "@rerun-ts/core";

/** What a sink sends to from a worker. */
export interface HostedSink {
  readonly transport: "grpc" | "websocket";
  readonly url: ProxyUrl;
  readonly headers?: GrpcHeaders | undefined;
  readonly token?: WebSocketToken | undefined;
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
  const pageFor = typeof worker === "object" && worker !== null ? pagesOf.get(worker) : undefined;
  if (pageFor !== undefined) return pageFor(sink);
  throw new TypeError(`\`worker\` must be a WorkerHost, got ${describeValue(worker)}`);
}
