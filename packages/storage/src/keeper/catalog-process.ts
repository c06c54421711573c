import { once } from "node:events";
import { connect } from "node:net";
import { isRerunError } from "@rerun-ts/core";
import { ServerProcess } from "@rerun-ts/node/processes";

/** The longest wait for a connection to a server on this machine. */
const CONNECT_MS = 2000;

/**
 * A `rerun server` that is restarted when it ends. A server that already has the port, such as that of a killed keeper,
 * is used instead, and not stopped at the end.
 */
export class CatalogProcess {
  readonly url: string;
  readonly #args: readonly string[];
  readonly #log: (text: string) => void;
  readonly #host: string;
  readonly #port: number;
  #server: ServerProcess | undefined;
  /** Whether another program has started the server. */
  #isFollowing = false;

  constructor(host: string, port: number, log: (text: string) => void) {
    const isWildcard = host === "0.0.0.0" || host === "::";
    const name = isWildcard ? "127.0.0.1" : host.includes(":") ? `[${host}]` : host;
    this.url = `rerun+http://${name}:${port}`;
    this.#args = ["--host", host, "--port", String(port)];
    this.#log = log;
    this.#host = isWildcard ? "127.0.0.1" : host;
    this.#port = port;
  }

  /** Starts the server, unless it runs. @throws {Error} if it ends before it accepts connections */
  async ensure(): Promise<void> {
    if (this.#isFollowing) {
      if (await this.#isServed()) return;
      this.#log("the catalog has ended and is started again");
      this.#isFollowing = false;
    }
    if (this.#server?.isRunning === true) return;
    if (this.#server !== undefined)
      this.#log(`the catalog has ended (${await this.#server.ended}) and is started again`);
    // The server of a killed keeper still has all that was registered, so the next keeper uses it.
    this.#server = new ServerProcess({ args: this.#args, endsWithProgram: false });
    try {
      await this.#server.ready;
    } catch (error) {
      if (!isRerunError(error) || error.code !== "LISTEN_FAILED" || !(await this.#isServed())) throw error;
      this.#server = undefined;
      this.#isFollowing = true;
      this.#log(`a server is at ${this.url} already, such as that of a killed keeper: it is used`);
    }
  }

  /** Ends the server. */
  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    await server?.stop();
  }

  /** Whether something accepts connections at the port. */
  async #isServed(): Promise<boolean> {
    const socket = connect({ host: this.#host, port: this.#port });
    try {
      await once(socket, "connect", { signal: AbortSignal.timeout(CONNECT_MS) });
      return true;
    } catch {
      return false;
    } finally {
      socket.destroy();
    }
  }
}
