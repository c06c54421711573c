import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { freePort } from "./free-port.ts";

/** The server says that it listens by this. */
const LISTENS = /Ready for connections/;

/** A real `rerun server` on loopback: a catalog. */
export class CatalogServer {
  readonly port: number;
  readonly #process: ChildProcess;

  private constructor(port: number, process: ChildProcess) {
    this.port = port;
    this.#process = process;
  }

  /**
   * Starts a server; resolves when it accepts connections.
   * @param rerun the path of the program
   * @param more further arguments
   */
  static async start(rerun: string, more: readonly string[] = [], wanted?: number): Promise<CatalogServer> {
    const port = wanted ?? (await freePort());
    const args = ["server", "--host", "127.0.0.1", "-p", String(port), ...more];
    const process = spawn(rerun, args, { stdio: ["ignore", "ignore", "pipe"] });
    const server = new CatalogServer(port, process);
    const lines: string[] = [];
    for await (const line of createInterface(process.stderr as NodeJS.ReadableStream)) {
      lines.push(line);
      if (LISTENS.test(line)) {
        process.stderr?.resume();
        return server;
      }
    }
    throw new Error(`rerun server did not start: ${lines.join("\n")}`);
  }

  get url(): string {
    return `rerun+http://127.0.0.1:${this.port}`;
  }

  /** Ends the server, which removes its files. */
  async stop(signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const ended = once(this.#process, "exit");
    this.#process.kill(signal);
    await ended;
  }
}
