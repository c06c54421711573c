import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { draftToken } from "./lock-file.ts";
import { ask, socketName } from "./lock-socket.ts";
import { LISTEN_MS, SOCKET } from "./remove-sockets.ts";

/**
 * The age at which a draft without a socket counts as left behind. A lock is made within milliseconds, and a program
 * that took longer begins again.
 */
const MAX_DRAFT_MS = 60_000;

/**
 * The state of the lock `name`, which a folder does not have yet: `"left"` if the programs were killed that were making
 * the lock, `"made"` if one of them may be running, and `undefined` if the folder has nothing of a lock. A folder with
 * nothing in it is `"left"` when it is old.
 */
export async function firstLock(folder: string, name: string): Promise<"left" | "made" | undefined> {
  const names = readdirSync(folder);
  if (names.includes(name)) return undefined;
  if (names.length === 0) return isOld(folder) ? "left" : "made";
  const drafts = names.filter((each) => draftToken(each, name) !== undefined);
  // A program that is killed while it releases a lock leaves the socket alone.
  if (drafts.length === 0 && !names.every((each) => SOCKET.test(each))) return undefined;
  for (const made of drafts.length > 0 ? drafts : names) {
    const token = draftToken(made, name) ?? SOCKET.exec(made)?.[1] ?? "";
    if (!(await isLeft(folder, made, token, names))) return "made";
  }
  return "left";
}

async function isLeft(folder: string, made: string, token: string, names: readonly string[]): Promise<boolean> {
  const [socket, bound] = [socketName(token), `.${token}.bind`];
  if (names.includes(socket)) return (await ask(folder, socket)) === "dead";
  if (!names.includes(bound)) return isOld(join(folder, made));
  if ((await ask(folder, bound)) !== "dead") return false;
  // A living owner begins to listen.
  await sleep(LISTEN_MS);
  return (await ask(folder, bound)) === "dead";
}

function isOld(path: string): boolean {
  const { mtimeMs = Infinity } = statSync(path, { throwIfNoEntry: false }) ?? {};
  return Date.now() - mtimeMs > MAX_DRAFT_MS;
}
