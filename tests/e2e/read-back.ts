import { spawn } from "node:child_process";
import { once } from "node:events";
import { rm, stat } from "node:fs/promises";
import { setTimeout } from "node:timers/promises";
import { freePort, type startServer } from "../../tools/lib/rerun-server.mjs";
import type { Rerun } from "./rerun.ts";

/** A real `rerun --serve-grpc`. */
export type Server = Awaited<ReturnType<typeof startServer>>;

const PAUSE_MS = 1000;

/** Saves what a server has, as another `rerun` reads it. Stops the server: the reader completes its file when it ends. */
export async function readBack(rerun: Rerun, server: Server, file: string): Promise<void> {
  await rm(file, { force: true });
  const own = ["--bind", "127.0.0.1", "--port", String(await freePort())];
  const reader = spawn(rerun.path, [server.url, "--save", file, ...own], { stdio: "ignore" });
  const ended = once(reader, "exit");
  for (let size = -1; size < 1 || (await sizeOf(file)) !== size; await setTimeout(PAUSE_MS)) size = await sizeOf(file);
  await server.stop();
  await ended;
}

async function sizeOf(file: string): Promise<number> {
  return (await stat(file).catch(() => undefined))?.size ?? 0;
}
