import { DEFAULT_PROXY_URL, describeUnknown, parseProxyUrl } from "@rerun-ts/core/internal";
import { ServerSink } from "../delivery/server-sink.ts";
import { GRPC_SINK_OPTIONS, toOptions, type GrpcSinkOptions } from "../delivery/sink-options.ts";

/**
 * Sends a recording to a viewer or a proxy over gRPC: to a running `rerun`, or to `rerun --serve-grpc`. A server that
 * comes late, goes away or comes back is connected to as soon as it is there; what it had not acknowledged is sent again.
 */
export class GrpcSink extends ServerSink {
  /** @throws {TypeError} if the address or an option is wrong. */
  constructor(url?: string | URL | GrpcSinkOptions, options?: Omit<GrpcSinkOptions, "url">) {
    const all = toOptions(url, options);
    const proxy = parseProxyUrl(all.url ?? DEFAULT_PROXY_URL);
    super({ kind: "grpc", url: proxy, notice: describeUnknown("GrpcSink", all, GRPC_SINK_OPTIONS) }, all);
  }
}
