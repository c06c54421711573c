import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { stat } from "node:fs/promises";
import { connect, createServer, type AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { onTestFinished } from "vitest";

const START_MS = 20_000;
const LOOK_MS = 50;
/** So long nothing more must come before all is thought to be read. */
const QUIET_MS = 750;

/** A port of this machine that nobody listens to. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

/** The address of a proxy at this port. */
export function urlOf(port: number): string {
  return `rerun+http://127.0.0.1:${port}/proxy`;
}

/** `rerun --serve-grpc`: the real proxy. It is killed at the end of the test. */
export class RealServer {
  readonly port: number;
  readonly #rerun: string;
  readonly #process: ChildProcess;

  private constructor(rerun: string, port: number, more: readonly string[]) {
    this.port = port;
    this.#rerun = rerun;
    const limit = more.includes("--server-memory-limit") ? [] : ["--server-memory-limit", "1GB"];
    const args = ["--serve-grpc", "--bind", "127.0.0.1", "--port", String(port), ...limit, ...more];
    this.#process = start(rerun, args);
  }

  /** Starts it, with more arguments if there are any; resolves when it takes connections. */
  static async start(rerun: string, port?: number, more: readonly string[] = []): Promise<RealServer> {
    const server = new RealServer(rerun, port ?? (await freePort()), more);
    const end = performance.now() + START_MS;
    while (!(await canConnect(server.port))) {
      if (performance.now() > end) throw new Error(`rerun --serve-grpc did not listen on port ${server.port} in time`);
      await sleep(LOOK_MS);
    }
    return server;
  }

  get url(): string {
    return urlOf(this.port);
  }

  /** Kills it at once, in the midst of whatever it does. */
  async kill(): Promise<void> {
    await kill(this.#process, "SIGKILL");
  }

  /** Reads what it holds into a file, and ends it: then the reader completes the file, and ends too. */
  async readBack(file: string): Promise<void> {
    // The reader would listen on Rerun's own port, and to all the world.
    const own = ["--bind", "127.0.0.1", "--port", String(await freePort())];
    const reader = start(this.#rerun, [this.url, "--save", file, ...own]);
    const ended = once(reader, "exit");
    let size = 0;
    for (let quietSince = performance.now(); size === 0 || performance.now() - quietSince < QUIET_MS;) {
      await sleep(LOOK_MS);
      const now = await sizeOf(file);
      if (now !== size) [size, quietSince] = [now, performance.now()];
    }
    await this.kill();
    await ended;
  }
}

function start(program: string, args: readonly string[]): ChildProcess {
  const child = spawn(program, args, { stdio: "ignore" });
  onTestFinished(() => kill(child, "SIGKILL"));
  return child;
}

async function kill(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill(signal);
  await ended;
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

async function sizeOf(file: string): Promise<number> {
  try {
    return (await stat(file)).size;
  } catch {
    return 0;
  }
}
