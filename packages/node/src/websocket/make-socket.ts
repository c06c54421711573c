import type { ClientOptions } from "ws";
import { resolveHeaders, type SocketMaker, type WebSocketLike } from "@rerun-ts/core/internal";
import type { GrpcClientOptions } from "../grpc/grpc-client.ts";

/** The longest that connecting may take, in milliseconds. */
const HANDSHAKE_MS = 10_000;
/** A relay says little. */
const MAX_RECEIVED_BYTES = 1024 * 1024;

/** Makes WebSockets that keep no program alive. */
export function makeSocket({ headers, tls }: Pick<GrpcClientOptions, "headers" | "tls">): SocketMaker {
  return async (url, protocols) => {
    const { WebSocket } = await import("ws");
    const options: ClientOptions = {
      // The types of `ws` know a shorter list of the same options.
      ...(tls as ClientOptions | undefined),
      headers: Object.fromEntries(await resolveHeaders(headers)),
      perMessageDeflate: false,
      maxPayload: MAX_RECEIVED_BYTES,
      handshakeTimeout: HANDSHAKE_MS,
      finishRequest(request) {
        request.on("socket", (connection) => connection.unref());
        request.end();
      },
    };
    const socket = new WebSocket(url, protocols, options);
    return socket as unknown as WebSocketLike;
  };
}
