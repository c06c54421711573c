import { lstatSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { readLock } from "./lock-file.ts";
import { ask, socketName } from "./lock-socket.ts";

/** The names of sockets of locks. A socket is a draft until its owner listens. */
export const SOCKET: RegExp = /^[.]([0-9a-f]{32})[.](?:sock|bind)$/;
/** The longest time in which a living owner of a draft begins to listen. */
export const LISTEN_MS = 100;

/**
 * Removes the sockets of processes that were killed while they took or released a lock. A socket that a lock names
 * stays: without it nobody could tell that the owner is gone.
 */
export async function removeSockets(folder: string): Promise<void> {
  const left = new Map<string, string>();
  const drafts: string[] = [];
  for (const name of readdirSync(folder)) {
    const token = SOCKET.exec(name)?.[1];
    if (token === undefined || lstatSync(join(folder, name), { throwIfNoEntry: false })?.isSocket() !== true) continue;
    if ((await ask(folder, name)) !== "dead") continue;
    if (name === socketName(token)) left.set(token, name);
    else drafts.push(name);
  }
  if (drafts.length > 0) await sleep(LISTEN_MS);
  for (const name of drafts) if ((await ask(folder, name)) === "dead") rmSync(join(folder, name), { force: true });
  if (left.size === 0) return;
  for (const name of readdirSync(folder)) {
    if (name.includes("lock")) left.delete(readLock(join(folder, name))?.owner?.token ?? "");
  }
  for (const name of left.values()) rmSync(join(folder, name), { force: true });
}
