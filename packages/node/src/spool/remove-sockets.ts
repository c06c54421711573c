import { lstatSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { readLock } from "./lock-file.ts";
import { ask } from "./lock-socket.ts";

/** The names of sockets of locks. A socket gets its name once its owner listens. */
const SOCKET = /^[.]([0-9a-f]{32})[.]sock$/;

/**
 * Removes the sockets of processes that were killed while they took or released a lock. A socket that a lock names
 * stays: without it nobody could tell that the owner is gone.
 */
export async function removeSockets(folder: string): Promise<void> {
  const left = new Map<string, string>();
  for (const name of readdirSync(folder)) {
    const token = SOCKET.exec(name)?.[1];
    if (token === undefined || lstatSync(join(folder, name), { throwIfNoEntry: false })?.isSocket() !== true) continue;
    if ((await ask(folder, token)) === "dead") left.set(token, name);
  }
  if (left.size === 0) return;
  for (const name of readdirSync(folder)) {
    if (name.includes("lock")) left.delete(readLock(join(folder, name))?.owner?.token ?? "");
  }
  for (const name of left.values()) rmSync(join(folder, name), { force: true });
}
