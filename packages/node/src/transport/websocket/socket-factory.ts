import type { ClientOptions } from "ws";
import { resolveHeaders, type SocketMaker, type WebSocketLike } from "@rerun-ts/core/transport";
import type { GrpcClientOptions } from "../grpc/grpc-client.ts";
import { isLoopback } from "../../net/host-names.ts";

/** Longest time that connecting may take. */
const HANDSHAKE_MS = 10_000;
/** The maximum size of a received frame. A relay only sends small ones. */
const MAX_RECEIVED_BYTES = 1024 * 1024;

/** Returns a factory for WebSockets to one relay, which do not keep the process alive. */
export function createSocketFactory(target: GrpcClientOptions): SocketMaker {
  const { url: proxy, tls } = target;
  // Masking protects intermediaries from crafted data. Direct connections have no intermediaries, so a zero mask is
  // enough.
  const isDirect = proxy.isSecure || isLoopback(proxy.host);
  return async (url, protocols) => {
    const { WebSocket } = await import("ws");
    const options: ClientOptions = {
      // The types of `ws` list fewer options than it accepts.
      ...(tls as ClientOptions | undefined),
      // Without any, the class `Headers` is not needed, which Node takes long to load.
      headers: target.headers === undefined ? {} : Object.fromEntries(await resolveHeaders(target.headers)),
      perMessageDeflate: false,
      ...(isDirect && { generateMask: (mask: Buffer) => void mask.fill(0) }),
      maxPayload: MAX_RECEIVED_BYTES,
      handshakeTimeout: HANDSHAKE_MS,
      finishRequest(request) {
        request.on("socket", (connection) => connection.unref());
        request.end();
      },
    };
    const socket = new WebSocket(url, protocols, options);
    return Object.assign(socket, {
      sendPieces(pieces: readonly Uint8Array[]) {
        const last = pieces.length - 1;
        for (const [index, piece] of pieces.entries()) socket.send(piece, { binary: true, fin: index === last });
      },
    }) as unknown as WebSocketLike;
  };
}
