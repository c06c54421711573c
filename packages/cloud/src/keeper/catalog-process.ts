import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { environmentOf, findExecutable } from "@rerun-ts/node/parts";

/** The line of `rerun server` once it accepts connections. */
const READY = /Ready for connections/;

/** A `rerun server` that is started again when it ends. */
export class CatalogProcess {
  readonly url: string;
  readonly #args: readonly string[];
  readonly #log: (text: string) => void;
  #child: ChildProcess | undefined;

  constructor(host: string, port: number, log: (text: string) => void) {
    const isWildcard = host === "0.0.0.0" || host === "::";
    const name = isWildcard ? "127.0.0.1" : host.includes(":") ? `[${host}]` : host;
    this.url = `rerun+http://${name}:${port}`;
    this.#args = ["server", "--host", host, "--port", String(port)];
    this.#log = log;
  }

  /** Starts the server, unless it runs. @throws {Error} if it ends before it accepts connections */
  async ensure(): Promise<void> {
    const { exitCode = 0, signalCode = null } = this.#child ?? {};
    if (this.#child !== undefined && exitCode === null && signalCode === null) return;
    if (this.#child !== undefined) this.#log(`the catalog has ended (${signalCode ?? exitCode}) and is started again`);
    const program = findExecutable({ executableName: undefined, executablePath: undefined });
    // A group for itself: `rerun` may be a launcher, whose end would leave the server running.
    const child = spawn(program, this.#args, {
      stdio: ["ignore", "ignore", "pipe"],
      env: environmentOf(),
      detached: true,
    });
    this.#child = child;
    const failed = once(child, "error").then(([error]) => Promise.reject(error as Error));
    failed.catch(() => {});
    await Promise.race([this.#ready(child), failed]);
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
