import { readdirSync, statSync } from "node:fs";
import { rm, rmdir } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import type { EncodedMessage } from "@rerun-ts/core";
import { messageOf } from "@rerun-ts/core/checks";
import { parseSegmentName } from "@rerun-ts/core/storage";
import { isGone, DirectoryFolder } from "../spool/directory-folder.ts";
import { DirectoryLock, LockedError } from "../spool/directory-lock.ts";
import { firstLock } from "../spool/first-lock.ts";
import { removeSockets } from "../spool/remove-sockets.ts";
import { RING_PREFIX } from "./ring-prefix.ts";

/** A ring that a process has left. */
export interface LeftRing {
  readonly messages: readonly EncodedMessage[];
  /** The time of its last message. */
  readonly endedAt: Date;
  /** Removes the ring. */
  discard(this: void): Promise<void>;
}

/** The names of rings. Users may give copies of rings other names with the same prefix. */
const RING = new RegExp(`^${RING_PREFIX}[0-9a-f]{32}$`);
/** The name of the lock that a `DirectoryStore` takes. */
const LOCK = "lock";

/**
 * The rings in a folder that no process writes to, the newest first. Other files stay as they are. A ring that cannot
 * be read is left out with a warning in the console.
 *
 * @param maxAgeMs older rings are left out
 */
export async function leftRings(spool: string, maxAgeMs: number): Promise<LeftRing[]> {
  const rings: LeftRing[] = [];
  for (const path of ringFolders(spool)) {
    const lock = await takeLock(path);
    if (lock === undefined) continue;
    try {
      const ring = await readRing(path);
      if (ring !== undefined && Date.now() - ring.endedAt.getTime() <= maxAgeMs) rings.push(ring);
    } catch (error) {
      console.warn(`[rerun] cannot read the ring ${path}: ${messageOf(error)}`);
    } finally {
      lock.release();
    }
  }
  return rings.sort((a, b) => b.endedAt.getTime() - a.endedAt.getTime());
}

async function readRing(path: string): Promise<LeftRing | undefined> {
  const folder = new DirectoryFolder(path, "never");
  const { segments } = folder.find();
  if (segments.length === 0) return undefined;
  const messages: EncodedMessage[] = [];
  for (const { name, bytes } of segments)
    for (const message of await readSegment(folder.read(name, bytes))) messages.push(message);
  const endedAt = new Date(segments.reduce((latest, { modifiedAt }) => Math.max(latest, modifiedAt), 0));
  return { messages, endedAt, discard: () => discardRing(path) };
}

/**
 * Removes rings in a folder that no process writes to. Returns how many there were. Rings without data are removed, and
 * do not count: their processes were killed at their starts.
 *
 * @param kept the number of the newest ones that stay
 */
export async function discardRings(spool: string, kept: number): Promise<number> {
  const paths = ringFolders(spool).sort((a, b) => changedAt(b) - changedAt(a));
  let [left, count] = [0, 0];
  for (const path of paths) {
    const lock = await takeLock(path);
    if (lock === undefined) continue;
    const hasData = readdirSync(path).some((name) => parseSegmentName(name) !== undefined);
    lock.release();
    if (!hasData) {
      await removeEmpty(path);
      continue;
    }
    if (++left <= kept) continue;
    await discardRing(path);
    count++;
  }
  return count;
}

/** The time at which a file in a ring was last added or removed. */
function changedAt(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

function ringFolders(spool: string): string[] {
  const root = resolve(spool);
  try {
    return readdirSync(root)
      .filter((name) => name.startsWith(RING_PREFIX) && isFolder(join(root, name)))
      .map((name) => join(root, name));
  } catch (error) {
    if (isGone(error)) return [];
    throw error;
  }
}

/** Removes the folder of a ring, unless another program has made it, or has a file in it. */
async function removeEmpty(path: string): Promise<void> {
  if (!RING.test(basename(path))) return;
  await removeSockets(path).catch(() => {});
  await rmdir(path).catch(() => {});
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

/** The lock of a ring, or `undefined` if its process may still exist. */
async function takeLock(path: string): Promise<DirectoryLock | undefined> {
  try {
    // A process that begins has the ring next.
    if ((await firstLock(path, LOCK)) === "made") return undefined;
    return await DirectoryLock.tryTake(path, LOCK);
  } catch (error) {
    if (error instanceof LockedError) return undefined;
    throw error;
  }
}

function discardRing(path: string): Promise<void> {
  return rm(path, { recursive: true, force: true });
}

/** The messages of a segment. A damaged segment has none. */
async function readSegment(rrd: Uint8Array): Promise<EncodedMessage[]> {
  const { readEncodedMessages } = await import("@rerun-ts/core/decode");
  try {
    return readEncodedMessages(rrd);
  } catch {
    return [];
  }
}
