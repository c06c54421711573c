import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { TestContext } from "vitest";
import { ensureNatsServer } from "../setup/nats.ts";
import { isCi } from "./environment.ts";
import { freePort } from "./free-port.ts";

const LISTENS = /Server is ready/;

/** Options of {@link NatsServer.start}. */
export interface NatsServerOptions {
  /** The port. Default: a free one. */
  readonly port?: number | undefined;
  /** Further arguments. Default: none. */
  readonly args?: readonly string[] | undefined;
}

/** A real server of NATS with JetStream on loopback. */
export class NatsServer {
  readonly port: number;
  readonly #folder: string;
  readonly #args: readonly string[];
  #process: ChildProcess | undefined;

  private constructor(folder: string, port: number, args: readonly string[]) {
    this.#folder = join(folder, "jetstream");
    this.port = port;
    this.#args = args;
  }

  /**
   * Starts a server, and resolves when it accepts connections.
   * @param folder where its streams are
   */
  static async start(folder: string, { port, args = [] }: NatsServerOptions = {}): Promise<NatsServer> {
    const server = new NatsServer(folder, port ?? (await freePort()), args);
    await server.restart();
    return server;
  }

  /** The address without credentials. */
  get url(): string {
    return `nats://127.0.0.1:${this.port}`;
  }

  /** Starts the server again after it was killed. */
  async restart(): Promise<void> {
    const path = await ensureNatsServer();
    if (path === undefined) throw new Error("there is no nats-server; NATS_SERVER may name its path");
    const args = ["-js", "-sd", this.#folder, "-a", "127.0.0.1", "-p", String(this.port), ...this.#args];
    const started = spawn(path, args, { stdio: ["ignore", "ignore", "pipe"] });
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

  /** Kills the server at once, and removes its streams if they are lost with it. */
  async kill(loss: "nothing" | "all" = "nothing"): Promise<void> {
    const process = this.#process;
    this.#process = undefined;
    if (process !== undefined && process.exitCode === null && process.signalCode === null) {
      const ended = once(process, "exit");
      process.kill("SIGKILL");
      await ended;
    }
    if (loss === "all") rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** Skips a test that needs the server of NATS where that cannot be installed; in CI the test fails. */
export async function needNats(context: Pick<TestContext, "skip">): Promise<void> {
  if ((await ensureNatsServer()) === undefined && !isCi)
    context.skip("there is no nats-server; NATS_SERVER may name its path");
}
