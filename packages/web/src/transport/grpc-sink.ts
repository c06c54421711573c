import { GrpcWebSink, type GrpcWebSinkOptions } from "@rerun-ts/core";
import { checkObject } from "@rerun-ts/core/checks";
import { hooksOfWorker } from "../page/worker-host-registry.ts";
import { pageTransportHooks } from "../page/page-transport-hooks.ts";

/** Options of a {@link GrpcSink}. */
export interface GrpcSinkOptions extends GrpcWebSinkOptions {
  /** The worker that sends: a `WorkerHost`. Not together with `fetch`. Default: none, the calling thread sends. */
  worker?: object | undefined;
}

/**
 * Sends a recording to a viewer or a proxy over gRPC-web, one call after another. The response to a call acknowledges
 * its messages, so `flush` means that the server has them. A server that starts late or restarts is sent the retained
 * state, and everything that was not acknowledged. When the page is unloaded, up to 64 KiB are sent in a request that
 * outlives it.
 *
 * @example
 * await rec.setSinks([new rr.GrpcSink(), new rr.MemorySink()]);
 */
export class GrpcSink extends GrpcWebSink {
  /**
   * @param url the URL of the server; default `rerun+http://127.0.0.1:9876/proxy`
   * @throws {TypeError} if the URL or an option is wrong
   */
  constructor(url?: string | URL, options: GrpcSinkOptions = {}) {
    checkObject(options);
    const { worker, ...rest } = options;
    super(
      url,
      rest,
      worker === undefined ? pageTransportHooks : hooksOfWorker(worker, { transport: "grpc", url, ...rest }),
    );
  }
}
