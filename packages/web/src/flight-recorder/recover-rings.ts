import type { EncodedMessage } from "@rerun-ts/core";
import { deleteRecording, listRecordings, openRecording } from "../opfs/opfs-recordings.ts";
import { readSegment } from "../opfs/read-segment.ts";
import { ringPrefix } from "./opfs-ring.ts";

/** A ring that a page has left. */
export interface LeftRing {
  readonly messages: readonly EncodedMessage[];
  /** The time of its last message. */
  readonly endedAt: Date;
  /** Removes the ring. */
  discard(this: void): Promise<void>;
}

/**
 * The rings of a spool that no page writes to, the newest first.
 *
 * @param maxAgeMs older rings are left out
 */
export async function leftRings(spool: string, maxAgeMs: number): Promise<LeftRing[]> {
  const rings: LeftRing[] = [];
  for (const { name, modifiedAt, bytes } of await ringsOf(spool)) {
    if (bytes === 0 || Date.now() - modifiedAt.getTime() > maxAgeMs) continue;
    const file = await (await openRecording(name)).file();
    const messages = await readSegment(new Uint8Array(await file.arrayBuffer()));
    rings.push({ messages, endedAt: modifiedAt, discard: () => deleteRecording(name) });
  }
  return rings.sort((a, b) => b.endedAt.getTime() - a.endedAt.getTime());
}

/** Removes the rings of a spool that no page writes to. Returns how many there were. */
export async function discardRings(spool: string): Promise<number> {
  const rings = await ringsOf(spool);
  for (const { name } of rings) await deleteRecording(name);
  return rings.length;
}

async function ringsOf(spool: string): Promise<Awaited<ReturnType<typeof listRecordings>>> {
  const prefix = ringPrefix(spool);
  return (await listRecordings()).filter(({ name, isBeingWritten }) => name.startsWith(prefix) && !isBeingWritten);
}
