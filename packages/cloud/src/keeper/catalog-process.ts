import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { createInterface } from "node:readline";
import { messageOf } from "@rerun-ts/core/checks";
import { environmentOf, findExecutable } from "@rerun-ts/node/parts";

/** The output of `rerun server` once it accepts connections. */
const READY = /Ready for connections/;
const IN_USE = /address already in use/i;
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
  #child: ChildProcess | undefined;
  /** Whether another program has started the server. */
  #isFollowing = false;

  constructor(host: string, port: number, log: (text: string) => void) {
    const isWildcard = host === "0.0.0.0" || host === "::";
    const name = isWildcard ? "127.0.0.1" : host.includes(":") ? `[${host}]` : host;
    this.url = `rerun+http://${name}:${port}`;
    this.#args = ["server", "--host", host, "--port", String(port)];
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
    const { exitCode = 0, signalCode = null } = this.#child ?? {};
    if (this.#child !== undefined && exitCode === null && signalCode === null) return;
    if (this.#child !== undefined) this.#log(`the catalog has ended (${signalCode ?? exitCode}) and is started again`);
    const program = findExecutable({ executableName: undefined, executablePath: undefined });
    // A separate process group: `rerun` may be a launcher, whose end would leave the server running.
    const child = spawn(program, this.#args, {
      stdio: ["ignore", "ignore", "pipe"],
      env: environmentOf(),
      detached: true,
    });
    this.#child = child;
    const failed = once(child, "error").then(([error]) => Promise.reject(error as Error));
    failed.catch(() => {});
    try {
      await Promise.race([this.#ready(child), failed]);
    } catch (error) {
      if (!IN_USE.test(messageOf(error)) || !(await this.#isServed())) throw error;
      this.#child = undefined;
      this.#isFollowing = true;
      this.#log(`a server is at ${this.url} already, such as that of a killed keeper: it is used`);
    }
  }

  /** Ends the server. */
  async stop(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    process.kill(-child.pid, "SIGTERM");
    await ended;
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

  async #ready(child: ChildProcess): Promise<void> {
    const lines: string[] = [];
    const reader = createInterface({ input: child.stderr as NodeJS.ReadableStream });
    await new Promise<void>((resolve, reject) => {
      reader.on("line", (line) => {
        if (READY.test(line)) resolve();
        if (lines.length < 20) lines.push(line);
      });
      reader.once("close", () => reject(new Error(`\`rerun server\` did not start: ${lines.join(" ")}`)));
    });
  }
}
