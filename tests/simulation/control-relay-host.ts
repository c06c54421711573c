import { TOKEN_SUBPROTOCOL } from "@rerun-ts/core/transport";
import type { ControlParts } from "./simulate-controls.ts";
import type { ServerSocket } from "./sockets.ts";

/** The part of a relay that passes controls on, which is started and killed. */
export class ControlRelayHost {
  readonly #parts: ControlParts;
  #hub: InstanceType<ControlParts["ControlHub"]> | undefined;
  #sockets: ServerSocket[] = [];

  constructor(parts: ControlParts) {
    this.#parts = parts;
  }

  start(): void {
    this.#hub ??= new this.#parts.ControlHub();
  }

  /** Kills the process at once. */
  kill(): void {
    this.#hub = undefined;
    for (const socket of this.#sockets.splice(0)) socket.break();
  }

  accept(socket: ServerSocket, protocols: readonly string[]): boolean {
    if (this.#hub === undefined) return false;
    this.#sockets.push(socket);
    const encoded = protocols.find((name) => name.startsWith(TOKEN_SUBPROTOCOL))?.slice(TOKEN_SUBPROTOCOL.length);
    const identity =
      encoded === undefined ? undefined : { digest: Buffer.from(encoded, "base64url").toString(), isLocal: true };
    // oxlint-disable-next-line no-new -- it lives as long as its socket
    new this.#parts.ControlConnection(socket as never, this.#hub, { identity, writes: {} as never }, () => {});
    return true;
  }
}
