import type { EncodedMessage, RerunError } from "@rerun-ts/core";
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
  type DeliveryContext,
  type KeepalivePost,
  type PageDeliveryOptions,
  type PageTransportHooks,
  type ProxyUrl,
  type QueueWriter,
  type WriterEvents,
} from "@rerun-ts/core/transport";
import { connectionHint, ownAddress } from "../page/connection-hint.ts";
import type { WorkerSinkOptions } from "../page/worker-host-registry.ts";
import { PageDelivery } from "../page/page-delivery.ts";
import type { PortCredentials, PortTarget, ToPort } from "./port-protocol.ts";
import { compactPortMessage } from "./compact-message.ts";
import type { OpenedPort, PortPeer } from "./port-peer.ts";
import type { SharedRing } from "./shared-ring.ts";
import { PortWriter } from "./port-writer.ts";

/** Opens a port to the worker. Rejects if the worker does not start. */
export type OpenPort = (
  target: PortTarget,
  onLost: (reason: string) => void,
  signal: AbortSignal,
) => Promise<OpenedPort>;

/** The page's part of a sink that sends from a worker. @throws {TypeError} if a worker cannot call an option */
export function createWorkerHooks(sink: WorkerSinkOptions, openPort: OpenPort): PageTransportHooks {
  const { transport } = sink;
  for (const option of ["fetch", "WebSocket"] as const) {
    if (sink[option] !== undefined)
      throw argumentError(option, `\`${option}\` must not be used together with \`worker\`, which cannot call it`);
  }
  const url =
    transport === "grpc"
      ? parseProxyUrl(sink.url ?? DEFAULT_PROXY_URL)
      : parseWebSocketUrl(sink.url ?? DEFAULT_WEBSOCKET_URL);
  const source = new CredentialSource(sink);
  return {
    connectionHint: (proxy) => connectionHint(proxy),
    takesBuffers: true,
    createDelivery(options, context) {
      const target: PortTarget = {
        transport,
        url: { ...url },
        credentials: source.isFunction ? undefined : { value: source.last },
        maxRetainedBytes: options.limits.maxRetainedBytes,
        page: ownAddress(),
      };
      const keepalive = createKeepalive(transport, url, source);
      const createWriter: PageDeliveryOptions["createWriter"] = (queue, events) => {
        const createFallback = (fallbackEvents: WriterEvents): QueueWriter =>
          options.createWriter(queue, fallbackEvents);
        return new PortWriter(queue, new WorkerPeer(target, { openPort, source, context, createFallback }), events);
      };
      return new PageDelivery({ ...options, keepalive, createWriter }, context);
    },
  };
}

interface WorkerPeerParts {
  readonly openPort: OpenPort;
  readonly source: CredentialSource;
  readonly context: DeliveryContext;
  readonly createFallback: (events: WriterEvents) => QueueWriter;
}

/** The worker of a `WorkerHost` that sends. */
class WorkerPeer implements PortPeer {
  readonly #target: PortTarget;
  readonly #parts: WorkerPeerParts;

  constructor(target: PortTarget, parts: WorkerPeerParts) {
    this.#target = target;
    this.#parts = parts;
  }

  open(onLost: (reason: string) => void, signal: AbortSignal): Promise<OpenedPort> {
    const { openPort, context } = this.#parts;
    const onWorkerLost = (reason: string): void => {
      const { href } = this.#target.url;
      context.onWarning(`lost the worker that sends to ${href} (${reason}); its pending data is sent again`);
      onLost(reason);
    };
    return openPort(this.#target, onWorkerLost, signal);
  }

  pack(messages: readonly EncodedMessage[], first: number, memory: SharedRing | undefined): ToPort {
    const parts = messages.map(
      (message, index) => memory?.share(message, first + index) ?? toMessageParts(compactPortMessage(message)),
    );
    return { type: "parts", parts };
  }

  credentials(): Promise<PortCredentials> {
    return this.#parts.source.ask();
  }

  createFallback(events: WriterEvents, error: RerunError): QueueWriter {
    const { context, createFallback } = this.#parts;
    const { href } = this.#target.url;
    context.onWarning(`no worker to send to ${href} (${error.message}); the page's thread sends instead`);
    return createFallback(events);
  }
}

/** Asks the program for headers or the token, and keeps the last ones: a page that is unloaded has no time to ask. */
class CredentialSource {
  last: PortCredentials;
  readonly isFunction: boolean;
  readonly #sink: WorkerSinkOptions;

  constructor(sink: WorkerSinkOptions) {
    const { headers, token } = sink;
    this.#sink = sink;
    this.isFunction = typeof headers === "function" || typeof token === "function";
    if (typeof token === "string") this.last = token;
    else if (headers !== undefined && typeof headers !== "function")
      this.last = Object.fromEntries(new Headers(headers));
  }

  async ask(): Promise<PortCredentials> {
    const { headers, token } = this.#sink;
    this.last =
      typeof token === "function" ? await token() : (token ?? Object.fromEntries(await resolveHeaders(headers)));
    return this.last;
  }
}

/** The requests that outlive the page. The page makes them itself, because a worker ends with it. */
function createKeepalive(
  transport: WorkerSinkOptions["transport"],
  url: ProxyUrl,
  source: CredentialSource,
): KeepalivePost {
  return {
    isSequence: false,
    async send(messages) {
      const { last } = source;
      if (transport === "grpc") {
        const headers = typeof last === "object" ? last : {};
        return postMessages({ url, headers, keepalive: true }, messages, new AbortController().signal);
      }
      // The session of the connection belongs to the worker, so the page uses a new one. The relay removes messages
      // that it has already.
      const session = crypto.getRandomValues(new Uint8Array(SESSION_BYTES));
      return postWithKeepalive(url, typeof last === "string" ? last : undefined, { session, first: 0 }, messages);
    },
  };
}
