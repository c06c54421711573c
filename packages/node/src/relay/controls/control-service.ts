import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { CONTROLS_SUBPROTOCOL, TOKEN_SUBPROTOCOL } from "@rerun-ts/core/transport";
import { WebSocketServer } from "ws";
import type { AccessControl } from "../http/access-control.ts";
import { digestText } from "../http/access-grants.ts";
import type { HttpExchange } from "../http/http-exchange.ts";
import { isLoopback } from "../../net/host-names.ts";
import { ControlConnection, type ClientToken } from "./control-connection.ts";
import { ControlHub } from "./control-hub.ts";
import { ControlRequests } from "./control-requests.ts";

/** The maximum size of a message. */
const MAX_MESSAGE_BYTES = 2 * 1024 * 1024;

/**
 * The way back from people to programs, over WebSockets and HTTP; docs/controls-protocol.md describes the protocol.
 * Every client needs a token: programs one for writing, if the relay has any, and panels one that a program has named.
 */
export class ControlService {
  readonly #access: AccessControl;
  readonly #hub = new ControlHub();
  readonly #requests: ControlRequests;
  readonly #connections = new Set<ControlConnection>();
  readonly #server = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: MAX_MESSAGE_BYTES,
    handleProtocols: () => CONTROLS_SUBPROTOCOL,
  });

  constructor(access: AccessControl) {
    this.#access = access;
    this.#requests = new ControlRequests(this.#hub);
  }

  /** The number of requests without rights, and of connections that were ended because of an error. */
  get rejected(): number {
    return this.#requests.rejected + this.#hub.rejected;
  }

  /** Completes the handshake of a WebSocket whose host, origin and path are allowed. */
  upgrade(
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    protocols: readonly string[],
    accept: () => void,
  ): void {
    const token = this.#tokenOf(protocols, request);
    this.#server.handleUpgrade(request, socket, head, (client) => {
      const connection = new ControlConnection(client, this.#hub, token, accept);
      this.#connections.add(connection);
      client.on("close", () => this.#connections.delete(connection));
    });
  }

  /** Handles a request below `/controls`. */
  handle(call: HttpExchange, path: string): void {
    this.#requests.handle(call, path);
  }

  /** Closes all connections. Clients try to reconnect. */
  close(): void {
    for (const connection of this.#connections) connection.close();
  }

  #tokenOf(protocols: readonly string[], { headers, socket }: IncomingMessage): ClientToken {
    const encoded = protocols.find((name) => name.startsWith(TOKEN_SUBPROTOCOL))?.slice(TOKEN_SUBPROTOCOL.length);
    const token =
      encoded === undefined
        ? /^Bearer +(\S+) *$/i.exec(headers.authorization ?? "")?.[1]
        : Buffer.from(encoded, "base64url").toString();
    return {
      identity:
        token === undefined || token === ""
          ? undefined
          : { digest: digestText(token), isLocal: isLoopback(socket.remoteAddress ?? "") },
      writes: this.#access.grant("write", token),
    };
  }
}

/** Whether a path is below `/controls`. */
export function isControlsPath(path: string): boolean {
  return path === "/controls" || path.startsWith("/controls/");
}
