import { describeUnknown } from "../../options.ts";
import { resolveHeaders, type GrpcHeaders } from "../grpc-headers.ts";
import { DEFAULT_PROXY_URL, parseProxyUrl } from "../proxy-url.ts";
import { QUEUE_OPTIONS, QueuedSink, type QueueOptions } from "../queued-sink.ts";
import { GrpcWebWriter } from "./grpc-web-writer.ts";
import { postMessages, type PostOptions } from "./post-messages.ts";

/** Options of a {@link GrpcWebSink}. */
export interface GrpcWebSinkOptions extends QueueOptions {
  /** Where to: default `rerun+http://127.0.0.1:9876/proxy`. */
  url?: string | URL | undefined;
  /** Sent with every call; a function is asked each time. */
  headers?: GrpcHeaders | undefined;
  /** Used instead of the platform's own `fetch`, for example for single sign-on. */
  fetch?: typeof fetch | undefined;
}

const KNOWN: Readonly<Record<keyof GrpcWebSinkOptions, 1>> = { url: 1, headers: 1, fetch: 1, ...QUEUE_OPTIONS };

/**
 * Sends a recording to a viewer or a proxy over gRPC-web, wherever there is `fetch`: one call after another, each with
 * all that has come together meanwhile. The answer to a call is its acknowledgement, so `flush` means that the server
 * has it. A server that comes late or comes back is told what it must know, and what was not acknowledged.
 */
export class GrpcWebSink extends QueuedSink {
  /** @throws {TypeError} if the address or an option is wrong. */
  constructor(url?: string | URL | GrpcWebSinkOptions, options?: Omit<GrpcWebSinkOptions, "url">) {
    const all: GrpcWebSinkOptions = typeof url === "object" && !(url instanceof URL) ? url : { ...options, url };
    const proxy = parseProxyUrl(all.url ?? DEFAULT_PROXY_URL);
    // A page that is being left has no time to ask for headers: then those of the last call go.
    let headers = new Headers(typeof all.headers === "function" ? undefined : all.headers);
    const post: PostOptions = {
      url: proxy,
      headers: async () => (headers = await resolveHeaders(all.headers)),
      fetch: all.fetch,
    };
    super(
      {
        kind: "grpc",
        url: proxy,
        notice: describeUnknown("GrpcSink", all, KNOWN),
        makeWriter: (queue, events) => new GrpcWebWriter(queue, post, events),
        lastPost: {
          send: (messages) =>
            postMessages({ ...post, headers, keepalive: true }, messages, new AbortController().signal),
          isSequence: false,
        },
      },
      all,
    );
  }
}
