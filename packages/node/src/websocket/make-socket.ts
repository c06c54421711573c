import type { ClientOptions } from "ws";
import { resolveHeaders, type SocketMaker, type WebSocketLike } from "@rerun-ts/core/internal";
import type { GrpcClientOptions } from "../grpc/grpc-client.ts";
import { isLoopback } from "../relay/host-name.ts";

/** The longest that connecting may take, in milliseconds. */
const HANDSHAKE_MS = 10_000;
/** A relay says little. */
const MAX_RECEIVED_BYTES = 1024 * 1024;

/** Makes WebSockets that keep no program alive. */
export function makeSocket({ url: proxy, headers, tls }: GrpcClientOptions): SocketMaker {
  // Masks keep programs from making what stands between take their data for something else; here nothing does.
  const isDirect = proxy.isSecure || isLoopback(proxy.host);
  return async (url, protocols) => {
    const { WebSocket } = await import("ws");
    const options: ClientOptions = {
      // The types of `ws` know a shorter list of the same options.
      ...(tls as ClientOptions | undefined),
      headers: Object.fromEntries(await resolveHeaders(headers)),
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
