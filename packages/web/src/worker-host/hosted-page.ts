import { argumentError } from "@rerun-ts/core/checks";
import {
  DEFAULT_PROXY_URL,
  DEFAULT_WEBSOCKET_URL,
  SESSION_BYTES,
  parseProxyUrl,
  parseWebSocketUrl,
  postMessages,
  postWithKeepalive,
  resolveHeaders,
  toMessageParts,
  type KeepalivePost,
  type PageHost,
  type ProxyUrl,
} from "@rerun-ts/core/transport";
import { connectionHint, ownAddress } from "../page/connection-hint.ts";
import type { HostedSink } from "../page/hosted-pages.ts";
import { PageDelivery } from "../page/page-delivery.ts";
import type { Credentials, HostedTarget } from "./host-protocol.ts";
import { compact } from "./compact.ts";
import type { OpenedPort } from "./port-peer.ts";
import { PortWriter } from "./port-writer.ts";

/** Opens a port to the worker. Rejects if it does not start. */
export type OpenPort = (
  target: HostedTarget,
  onLost: (reason: string) => void,
  signal: AbortSignal,
) => Promise<OpenedPort>;

/** The page's part of a sink that sends from a worker. */
export function createHostedPage(sink: HostedSink, openPort: OpenPort): PageHost {
  const { transport } = sink;
  for (const option of ["fetch", "WebSocket"] as const) {
    if (sink[option] !== undefined)
      throw argumentError(option, `\`${option}\` must not be used together with \`worker\`, which cannot call it`);
  }
  const url =
    transport === "grpc"
      ? parseProxyUrl(sink.url ?? DEFAULT_PROXY_URL)
      : parseWebSocketUrl(sink.url ?? DEFAULT_WEBSOCKET_URL);
  const asker = new Asker(sink);
  return {
    connectionHint: (proxy) => connectionHint(proxy),
    takesBuffers: true,
    createDelivery(options, context) {
      const target: HostedTarget = {
        transport,
        url: { ...url },
        credentials: asker.isFunction ? undefined : { value: asker.last },
        maxRetainedBytes: options.limits.maxRetainedBytes,
        page: ownAddress(),
      };
      return new PageDelivery(
        {
          ...options,
          keepalive: createKeepalive(transport, url, asker),
          createWriter: (queue, events) =>
            new PortWriter(
              queue,
              {
                open: (onLost, signal) =>
                  openPort(
                    target,
                    (reason) => {
                      context.onWarning(
                        `lost the worker that sends to ${url.href} (${reason}); what it had is sent again`,
                      );
                      onLost(reason);
                    },
                    signal,
                  ),
                pack: (messages, first, memory) => ({
                  type: "parts",
                  parts: messages.map(
                    (message, index) => memory?.share(message, first + index) ?? toMessageParts(compact(message)),
                  ),
                }),
                credentials: () => asker.ask(),
                createFallback(localEvents, error) {
                  context.onWarning(
                    `no worker to send to ${url.href} (${error.message}); the page's thread sends instead`,
                  );
                  return options.createWriter(queue, localEvents);
                },
              },
              events,
            ),
        },
        context,
      );
    },
  };
}

/** Asks the program for headers or the token, and keeps the last ones: a page that is unloaded has no time to ask. */
class Asker {
  last: Credentials;
  readonly isFunction: boolean;
  readonly #sink: HostedSink;

  constructor(sink: HostedSink) {
    const { headers, token } = sink;
    this.#sink = sink;
    this.isFunction = typeof headers === "function" || typeof token === "function";
    if (typeof token === "string") this.last = token;
    else if (headers !== undefined && typeof headers !== "function")
      this.last = Object.fromEntries(new Headers(headers));
  }

  async ask(): Promise<Credentials> {
    const { headers, token } = this.#sink;
    this.last =
      typeof token === "function" ? await token() : (token ?? Object.fromEntries(await resolveHeaders(headers)));
    return this.last;
  }
}

/** The requests that outlive the page: they come from the page, since a worker ends with it. */
function createKeepalive(transport: HostedSink["transport"], url: ProxyUrl, asker: Asker): KeepalivePost {
  return {
    isSequence: false,
    async send(messages) {
      const { last } = asker;
      if (transport === "grpc") {
        const headers = typeof last === "object" ? last : {};
        return postMessages({ url, headers, keepalive: true }, messages, new AbortController().signal);
      }
      // The session of the connection is the worker's. In another one, the relay removes what it has already.
      const session = crypto.getRandomValues(new Uint8Array(SESSION_BYTES));
      return postWithKeepalive(url, typeof last === "string" ? last : undefined, { session, first: 0 }, messages);
    },
  };
}
