import { GrpcWebSink, type GrpcWebSinkOptions } from "@rerun-ts/core";
import { checkObject } from "@rerun-ts/core/checks";
import { hooksOfWorker } from "../page/worker-host-registry.ts";
import { pageTransportHooks } from "../page/page-transport-hooks.ts";

/** Options of a {@link GrpcSink}. */
export interface GrpcSinkOptions extends GrpcWebSinkOptions {
  /** The sending worker: a `WorkerHost`. Not together with `fetch`. Default: none, the calling thread sends. */
  worker?: object | undefined;
}

/**
 * Sends a recording to a viewer or a proxy over gRPC-web: one call after another, and two at a time while much is
 * pending. The response to a call acknowledges its messages: after `flush` the server has them. A new or restarted
 * server gets the retained state, and all unacknowledged data. An unloaded page sends up to 64 KiB in a request that
 * outlives it.
 *
 * @example
 * await rec.setSinks([new rr.GrpcSink(), new rr.MemorySink()]);
 */
export class GrpcSink extends GrpcWebSink {
  /**
   * @param url the URL of the server. Default `rerun+http://127.0.0.1:9876/proxy`
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
