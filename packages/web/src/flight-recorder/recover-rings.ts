import type { EncodedMessage } from "@rerun-ts/core";
import { messageOf } from "@rerun-ts/core/checks";
import { deleteRecording, listRecordings, openRecording } from "../opfs/opfs-recordings.ts";
import { readSegment } from "../opfs/read-segment.ts";
import { ringPrefix } from "./ring-prefix.ts";

/** A ring that a page has left. */
export interface LeftRing {
  readonly messages: readonly EncodedMessage[];
  /** The time of its last message. */
  readonly endedAt: Date;
  /** Removes the ring. */
  discard(this: void): Promise<void>;
}

/**
 * The rings of a spool that no page writes to, the newest first. A ring that cannot be read is left out with a warning
 * in the console.
 *
 * @param maxAgeMs older rings are left out
 */
export async function leftRings(spool: string, maxAgeMs: number): Promise<LeftRing[]> {
  const rings: LeftRing[] = [];
  for (const { name, modifiedAt, bytes } of await ringsOf(spool)) {
    if (bytes === 0 || Date.now() - modifiedAt.getTime() > maxAgeMs) continue;
    try {
      const file = await (await openRecording(name)).file();
      const messages = await readSegment(new Uint8Array(await file.arrayBuffer()));
      rings.push({ messages, endedAt: modifiedAt, discard: () => deleteRecording(name) });
    } catch (error) {
      console.warn(`[rerun] cannot read the ring ${name}: ${messageOf(error)}`);
    }
  }
  return rings;
}

/**
 * Removes rings of a spool that no page writes to. Returns how many there were. Rings without data are removed, and do
 * not count: their pages were closed at their starts.
 *
 * @param kept the number of the newest ones that stay
 */
export async function discardRings(spool: string, kept: number): Promise<number> {
  const rings = await ringsOf(spool);
  const old = rings.filter(({ bytes }) => bytes > 0).slice(kept);
  for (const { name } of [...rings.filter(({ bytes }) => bytes === 0), ...old]) await deleteRecording(name);
  return old.length;
}

/** The rings of a spool that no page writes to, the newest first. */
async function ringsOf(spool: string): Promise<Awaited<ReturnType<typeof listRecordings>>> {
  const prefix = ringPrefix(spool);
  const rings = (await listRecordings()).filter(
    ({ name, isBeingWritten }) => name.startsWith(prefix) && !isBeingWritten,
  );
  return rings.sort((a, b) => b.modifiedAt.getTime() - a.modifiedAt.getTime());
}
