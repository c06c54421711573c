import type { BatcherConfig } from "../../batch/batcher-config.ts";
import { checkOptions } from "../../checks/check-arguments.ts";
import type { OptionNames } from "../../checks/option-names.ts";
import { LocalDelivery } from "../local-delivery.ts";
import type { PageDeliveryOptions, PageTransportHooks } from "../page-transport-hooks.ts";
import { DEFAULT_PROXY_URL, parseProxyUrl } from "../proxy-url.ts";
import {
  SERVER_SINK_OPTIONS,
  toHeaders,
  resolveHeaders,
  type GrpcHeaders,
  type ServerSinkOptions,
} from "../server-sink-options.ts";
import { ServerSink } from "../server-sink.ts";
import { GATHER_MS, GrpcWebWriter } from "./grpc-web-writer.ts";
import { postMessages, type PostOptions } from "./post-messages.ts";

/** Options of a {@link GrpcWebSink}. */
export interface GrpcWebSinkOptions extends ServerSinkOptions {
  /** The headers of each call. A function is called for each call. */
  headers?: GrpcHeaders | undefined;
  /** Replaces the platform's `fetch`, for example for single sign-on. */
  fetch?: typeof fetch | undefined;
}

export const GRPC_WEB_SINK_OPTIONS: OptionNames<GrpcWebSinkOptions> = {
  headers: 1,
  fetch: "function",
  ...SERVER_SINK_OPTIONS,
};

/**
 * Sends a recording to a viewer or a proxy over gRPC-web. The sink works in any runtime with `fetch`. It makes one call
 * after another, each with the accumulated messages, and two at a time while much is pending. The response to a call
 * acknowledges its messages: after `flush` the server has all of them. A new or restarted server gets the retained
 * state, and all unacknowledged data.
 */
export class GrpcWebSink extends ServerSink {
  /** Rows of one call are one chunk per entity: separate chunks would arrive in the same call. */
  override readonly batching: Partial<BatcherConfig> = { flushTickMs: GATHER_MS };

  /**
   * @param url the address of the viewer or proxy. Default: `rerun+http://127.0.0.1:9876/proxy`
   * @param page the hooks of a web page, passed by the package for browsers
   * @throws {TypeError} if the address or an option is wrong.
   */
  constructor(url: string | URL = DEFAULT_PROXY_URL, options: GrpcWebSinkOptions = {}, page?: PageTransportHooks) {
    checkOptions("GrpcSink", options, GRPC_WEB_SINK_OPTIONS);
    const proxy = parseProxyUrl(url);
    // A page that is being unloaded has no time to call `headers`, so it uses the headers of the last call.
    let given = options.headers;
    let headers = toHeaders(typeof given === "function" ? undefined : given);
    const post: PostOptions = {
      url: proxy,
      headers: async () => (headers = await resolveHeaders(given)),
      fetch: options.fetch,
      connectionHint: page?.connectionHint,
    };
    super({
      kind: "grpc",
      url: proxy.href,
      destination: proxy.origin,
      options,
      warnsOnFirstFailure: true,
      takesBuffers: page?.takesBuffers,
      createDelivery(limits, context) {
        const delivery: PageDeliveryOptions = {
          limits,
          sentWhen: "acknowledged",
          url: proxy.href,
          createWriter: (queue, events) => new GrpcWebWriter(queue, post, events),
          renew: (credentials) => void (given = credentials.headers),
          keepalive: {
            isSequence: false,
            send: (messages) =>
              postMessages({ ...post, headers, keepalive: true }, messages, new AbortController().signal),
          },
        };
        return page === undefined ? new LocalDelivery(delivery, context) : page.createDelivery(delivery, context);
      },
    });
  }
}
