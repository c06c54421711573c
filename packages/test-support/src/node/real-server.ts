import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { rm, stat } from "node:fs/promises";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort, urlOf } from "./free-port.ts";

const START_MS = 20_000;
const SAVE_MS = 60_000;
const POLL_MS = 50;
/** After this long without more data, everything is considered saved. */
const QUIET_MS = 1000;

/** A real `rerun --serve-grpc` on loopback. */
export class RealServer {
  readonly port: number;
  readonly #rerun: string;
  readonly #server: ChildProcess;
  #reader: ChildProcess | undefined;

  private constructor(rerun: string, port: number, more: readonly string[]) {
    this.port = port;
    this.#rerun = rerun;
    const limit = more.includes("--server-memory-limit") ? [] : ["--server-memory-limit", "1GB"];
    const args = ["--serve-grpc", ...onLoopback(port), ...limit, ...more];
    this.#server = spawn(rerun, args, { stdio: "ignore" });
  }

  /**
   * Starts a server; resolves when it accepts connections.
   * @param rerun the path of the program
   * @param port default: a free one
   * @param more further arguments
   */
  static async start(rerun: string, port?: number, more: readonly string[] = []): Promise<RealServer> {
    const server = new RealServer(rerun, port ?? (await freePort()), more);
    const end = performance.now() + START_MS;
    while (!(await canConnect(server.port))) {
      if (!hasEnded(server.#server) && performance.now() < end) await sleep(POLL_MS);
      else {
        await server.stop();
        throw new Error(`rerun --serve-grpc did not start on port ${server.port}`);
      }
    }
    return server;
  }

  get url(): string {
    return urlOf(this.port);
  }

  /** Kills the server, and a reader that is still saving. */
  async stop(): Promise<void> {
    await kill(this.#server);
    await kill(this.#reader);
  }

  /** Saves the content of the server to a file. Ends the server, because then the reader completes its file. */
  async save(file: string): Promise<void> {
    await rm(file, { force: true });
    const reader = spawn(this.#rerun, [this.url, "--save", file, ...onLoopback(await freePort())], { stdio: "ignore" });
    this.#reader = reader;
    const ended = once(reader, "exit");
    try {
      await sizeSettles(file);
      await kill(this.#server);
      await ended;
    } finally {
      await this.stop();
    }
  }
}

/** Arguments that make the real `rerun` listen on loopback only, instead of on all interfaces. */
export function onLoopback(port: number): string[] {
  return ["--bind", "127.0.0.1", "--port", String(port)];
}

/** Waits until a file has been created and has stopped growing. */
async function sizeSettles(file: string): Promise<void> {
  const start = performance.now();
  let size = 0;
  for (let quietSince = start; size === 0 || performance.now() - quietSince < QUIET_MS; await sleep(POLL_MS)) {
    const now = (await stat(file).catch(() => undefined))?.size ?? 0;
    if (now !== size) [size, quietSince] = [now, performance.now()];
    if (performance.now() - start > SAVE_MS) throw new Error(`rerun has not finished saving ${file} (${size} bytes)`);
  }
}

async function kill(child: ChildProcess | undefined): Promise<void> {
  if (child === undefined || hasEnded(child)) return;
  const ended = once(child, "exit");
  child.kill("SIGKILL");
  await ended;
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}

async function canConnect(port: number): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  try {
    await once(socket, "connect");
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
