import type { IncomingMessage } from "node:http";
import type { ClientOptions, WebSocket } from "ws";
import type { RerunError, WebSocketClass } from "@rerun-ts/core";
import { headersFor, refusedByHttp, type SocketMaker, type WebSocketLike } from "@rerun-ts/core/transport";
import { connectionError } from "../connection-error.ts";
import type { GrpcClientOptions } from "../grpc/grpc-client.ts";
import { isLoopback } from "../../net/host-names.ts";
import { websocketLibraryError } from "../../net/websocket-library-error.ts";

/** Longest time that connecting may take. */
const HANDSHAKE_MS = 10_000;
/** The maximum size of a received frame. A relay only sends small ones. */
const MAX_RECEIVED_BYTES = 1024 * 1024;
/** Longest wait for the text of a refusal. */
const TEXT_MS = 1000;

/** Returns a factory for WebSockets to one relay, which do not keep the process alive. */
export function createSocketFactory(target: GrpcClientOptions): SocketMaker {
  const { url: proxy, tls } = target;
  // Masking protects intermediaries from crafted data. Direct connections have no intermediaries, so a zero mask is
  // enough.
  const isDirect = proxy.isSecure || isLoopback(proxy.host);
  return async (url, protocols) => {
    const { Ws, Platform } = await loadClass(target);
    if (Ws === undefined) return new Platform(url, protocols);
    const options: ClientOptions = {
      // The types of `ws` list fewer options than it accepts.
      ...(tls as ClientOptions | undefined),
      // Without any, the class `Headers` is not needed, which Node takes long to load.
      headers: target.headers === undefined ? {} : Object.fromEntries(await headersFor(proxy, target.headers)),
      perMessageDeflate: false,
      ...(isDirect && { generateMask: (mask: Buffer) => void mask.fill(0) }),
      maxPayload: MAX_RECEIVED_BYTES,
      handshakeTimeout: HANDSHAKE_MS,
      finishRequest(request) {
        request.on("socket", (connection) => connection.unref());
        request.end();
      },
    };
    const socket = new Ws(url, protocols, options);
    const described: Pick<WebSocketLike, "sendPieces"> & { failure: RerunError | undefined } = {
      failure: undefined,
      sendPieces(pieces: readonly Uint8Array[]) {
        const last = pieces.length - 1;
        for (const [index, piece] of pieces.entries()) socket.send(piece, { binary: true, fin: index === last });
      },
    };
    const like = Object.assign(socket, described);
    socket.on("error", (error) => (like.failure ??= connectionError(error, target)));
    socket.on("unexpected-response", (_request, response) => void readRefusal(like, proxy.href, response));
    return like as unknown as WebSocketLike;
  };
}

/** The class of the package `ws`, or else the platform's. */
type SocketClass =
  | { readonly Ws: typeof WebSocket; readonly Platform?: undefined }
  | { readonly Ws?: undefined; readonly Platform: WebSocketClass };

/** Loads `ws`, or the platform's class where that cannot be loaded: in some bundles, and in Deno without rights. */
async function loadClass({ headers, tls }: GrpcClientOptions): Promise<SocketClass> {
  try {
    const { WebSocket: Ws } = await import("ws");
    return { Ws };
  } catch (error) {
    const { WebSocket: Platform } = globalThis as { WebSocket?: WebSocketClass };
    if (Platform !== undefined && headers === undefined && tls === undefined) return { Platform };
    throw websocketLibraryError(error);
  }
}

/** Notes why a request for a WebSocket was refused, with the text of the answer, and ends the attempt. */
async function readRefusal(
  socket: WebSocket & { failure: RerunError | undefined },
  href: string,
  response: IncomingMessage,
): Promise<void> {
  const { statusCode: status = 0, statusMessage: statusText, headers } = response;
  const timer = setTimeout(() => response.destroy(), TEXT_MS);
  let body = "";
  try {
    for await (const part of response) {
      body = String(part);
      break;
    }
  } catch {
    // The refusal has no text then.
  }
  clearTimeout(timer);
  const answer = { status, statusText, contentType: headers["content-type"], retryAfter: headers["retry-after"], body };
  const error = refusedByHttp(href, answer);
  socket.failure = error;
  socket.terminate();
}
