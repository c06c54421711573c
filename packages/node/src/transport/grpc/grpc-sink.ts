import { checkOptions } from "@rerun-ts/core/checks";
import { DEFAULT_PROXY_URL, ServerSink, parseProxyUrl } from "@rerun-ts/core/transport";
import { deliveryTo } from "../create-delivery.ts";
import { checkHeaders } from "../check-headers.ts";
import { checkToken } from "./check-token.ts";
import { GRPC_SINK_OPTIONS, type GrpcSinkOptions } from "../server-sink-options.ts";

/**
 * Sends a recording to a viewer or a proxy over gRPC: to a running `rerun`, or to `rerun --serve-grpc`. It connects as
 * soon as the server is reachable, and reconnects with exponential backoff. Unacknowledged data is sent again. It sends
 * from a worker if possible. A new server receives the retained state (store infos, blueprints, static data) first.
 *
 * @example
 * await rec.setSinks([new rr.GrpcSink("rerun+http://192.168.1.5:9876/proxy"), new rr.FileSink("robot.rrd")]);
 */
export class GrpcSink extends ServerSink {
  /**
   * @param url the URL of the server. Default `rerun+http://127.0.0.1:9876/proxy`
   * @throws {TypeError} if the URL or an option is wrong
   */
  constructor(url: string | URL = DEFAULT_PROXY_URL, options: GrpcSinkOptions = {}) {
    checkToken(options);
    checkOptions("GrpcSink", options, GRPC_SINK_OPTIONS);
    const proxy = parseProxyUrl(url);
    const { headers, tls } = options;
    checkHeaders(headers);
    super({
      kind: "grpc",
      url: proxy.href,
      destination: proxy.origin,
      options,
      takesBuffers: true,
      ...deliveryTo({ transport: "grpc", url: proxy, headers, tls }, options),
    });
  }
}
