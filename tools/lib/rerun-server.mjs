import { spawn } from "node:child_process";
import { once } from "node:events";
import { rm, stat } from "node:fs/promises";
import { createServer, connect } from "node:net";
import { setTimeout } from "node:timers/promises";

const START_MS = 15_000;
const SETTLE_MS = 1000;

/**
 * Starts a real `rerun --serve-grpc` that listens on loopback. Throws if it does not come up.
 * @param {string} rerun the program
 * @param {number} [port] default: one that is free
 * @param {readonly string[]} [more] further arguments
 */
export async function startServer(rerun, port, more = []) {
  port ??= await freePort();
  const limit = more.includes("--server-memory-limit") ? [] : ["--server-memory-limit", "1GB"];
  const args = ["--serve-grpc", "--bind", "127.0.0.1", "--port", String(port), ...limit, ...more];
  const server = spawn(rerun, args, { stdio: "ignore" });
  for (const end = performance.now() + START_MS; !(await answers(port)); await setTimeout(50)) {
    if (server.exitCode !== null || performance.now() > end) throw new Error(`rerun ${args.join(" ")} did not start`);
  }
  return {
    port,
    url: `rerun+http://127.0.0.1:${port}/proxy`,
    /** Kills it. */
    async stop() {
      if (server.exitCode !== null || server.signalCode !== null) return;
      const ended = once(server, "exit");
      server.kill("SIGKILL");
      await ended;
    },
  };
}

/** A port of this machine that nobody listens to. */
export async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}

async function answers(port) {
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

/**
 * Saves what a server has, as another `rerun` reads it. Ends the server: the reader completes its file then.
 * @param {string} rerun the program
 * @param {{ url: string, stop: () => Promise<void> }} server
 * @param {string} file
 */
export async function saveServer(rerun, server, file) {
  await rm(file, { force: true });
  const own = ["--bind", "127.0.0.1", "--port", String(await freePort())];
  const reader = spawn(rerun, [server.url, "--save", file, ...own], { stdio: "ignore" });
  const ended = once(reader, "exit");
  const sizeOf = async () => (await stat(file).catch(() => undefined))?.size ?? 0;
  // What a server has comes at once; then nothing more.
  for (let size = -1; size < 1 || (await sizeOf()) !== size; await setTimeout(SETTLE_MS)) size = await sizeOf();
  await server.stop();
  await ended;
}
