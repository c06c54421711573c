import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { freePort } from "./free-port.ts";

const LISTENS = /Server is ready/;

/** Options of {@link NatsServer.start}. */
export interface NatsServerOptions {
  /** The port. Default: a free one. */
  readonly port?: number | undefined;
  /** Further arguments. Default: none. */
  readonly args?: readonly string[] | undefined;
  /** A file with the configuration, which names {@link NatsServer.folder}. `reload` reads it again. Default: none. */
  readonly config?: string | undefined;
}

/** A real server of NATS with JetStream on loopback. */
export class NatsServer {
  readonly port: number;
  /** The folder of its streams: `jetstream` in the given one. */
  readonly folder: string;
  readonly #monitorPort: number;
  readonly #program: string;
  readonly #args: readonly string[];
  #process: ChildProcess | undefined;

  private constructor(program: string, folder: string, ports: readonly [number, number], args: readonly string[]) {
    this.#program = program;
    this.folder = folder;
    [this.port, this.#monitorPort] = ports;
    this.#args = args;
  }

  /**
   * Starts a server, and resolves when it accepts connections.
   * @param program the path of the server
   * @param folder the folder for its streams
   */
  static async start(
    program: string,
    folder: string,
    { port, args = [], config }: NatsServerOptions = {},
  ): Promise<NatsServer> {
    const streams = join(folder, "jetstream");
    // Settings of JetStream that are not in its configuration keep a server from reading that again.
    const settings = config === undefined ? ["-js", "-sd", streams] : ["-c", config];
    const ports = [port ?? (await freePort()), await freePort()] as const;
    const server = new NatsServer(program, streams, ports, [...settings, ...args]);
    await server.restart();
    return server;
  }

  /** The address without credentials. */
  get url(): string {
    return `nats://127.0.0.1:${this.port}`;
  }

  /** Starts the server again after it was killed. */
  async restart(): Promise<void> {
    const ports = ["-p", String(this.port), "-m", String(this.#monitorPort)];
    const args = ["-a", "127.0.0.1", ...ports, ...this.#args];
    const started = spawn(this.#program, args, { stdio: ["ignore", "ignore", "pipe"] });
    this.#process = started;
    const lines: string[] = [];
    for await (const line of createInterface(started.stderr as NodeJS.ReadableStream)) {
      lines.push(line);
      if (!LISTENS.test(line)) continue;
      started.stderr?.resume();
      return;
    }
    throw new Error(`nats-server did not start: ${lines.join("\n")}`);
  }

  /** Facts that the server reports about itself, such as `jsz` about its streams. */
  async monitor(page: string): Promise<Readonly<Record<string, unknown>>> {
    const response = await fetch(`http://127.0.0.1:${this.#monitorPort}/${page}`);
    return (await response.json()) as Record<string, unknown>;
  }

  /** The number of its process. */
  get pid(): number | undefined {
    return this.#process?.pid;
  }

  /** Lets the server read its configuration again. */
  reload(): void {
    this.#process?.kill("SIGHUP");
  }

  /** Kills the server immediately, and removes its streams if they are lost with it. */
  async kill(loss: "nothing" | "all" = "nothing"): Promise<void> {
    const process = this.#process;
    this.#process = undefined;
    if (process !== undefined && process.exitCode === null && process.signalCode === null) {
      const ended = once(process, "exit");
      process.kill("SIGKILL");
      await ended;
    }
    if (loss === "all") rmSync(this.folder, { recursive: true, force: true });
  }
}
