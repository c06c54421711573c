import { readdirSync, statSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { EncodedMessage } from "@rerun-ts/core";
import { isGone, DirectoryFolder } from "../spool/directory-folder.ts";
import { DirectoryLock, LockedError } from "../spool/directory-lock.ts";
import { RING_PREFIX } from "./directory-ring.ts";

/** A ring that a process has left. */
export interface LeftRing {
  readonly messages: readonly EncodedMessage[];
  /** The time of its last message. */
  readonly endedAt: Date;
  /** Removes the ring. */
  discard(this: void): Promise<void>;
}

/** The name of the lock that a `DirectoryStore` takes. */
const LOCK = "lock";

/**
 * The rings in a folder that no process writes to, the newest first. Other files stay as they are.
 *
 * @param maxAgeMs older rings are left out
 */
export async function leftRings(spool: string, maxAgeMs: number): Promise<LeftRing[]> {
  const rings: LeftRing[] = [];
  for (const path of ringFolders(spool)) {
    const lock = await takeLock(path);
    if (lock === undefined) continue;
    try {
      const folder = new DirectoryFolder(path, "never");
      const { segments } = folder.find();
      const endedAt = new Date(Math.max(0, ...segments.map(({ modifiedAt }) => modifiedAt)));
      if (segments.length === 0 || Date.now() - endedAt.getTime() > maxAgeMs) continue;
      const messages: EncodedMessage[] = [];
      for (const { name, bytes } of segments) messages.push(...(await readSegment(folder.read(name, bytes))));
      rings.push({ messages, endedAt, discard: () => discardRing(path) });
    } finally {
      lock.release();
    }
  }
  return rings.sort((a, b) => b.endedAt.getTime() - a.endedAt.getTime());
}

/** Removes the rings in a folder that no process writes to. Returns how many there were. */
export async function discardRings(spool: string): Promise<number> {
  let count = 0;
  for (const path of ringFolders(spool)) {
    const lock = await takeLock(path);
    if (lock === undefined) continue;
    lock.release();
    await discardRing(path);
    count++;
  }
  return count;
}

function ringFolders(spool: string): readonly string[] {
  const root = resolve(spool);
  try {
    return readdirSync(root)
      .filter((name) => name.startsWith(RING_PREFIX) && statSync(join(root, name)).isDirectory())
      .map((name) => join(root, name));
  } catch (error) {
    if (isGone(error)) return [];
    throw error;
  }
}

/** The lock of a ring, or `undefined` if its process may still exist. */
async function takeLock(path: string): Promise<DirectoryLock | undefined> {
  try {
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
