import type { EncodedMessage } from "../rrd/encode/encoded-message.ts";

/** Repeated static data may be this share of the new data. */
const SHARE = 0.1;
/** Larger static data is repeated as often as this. */
const INTERVAL_MS = 3_600_000;

/**
 * Whether static data is due to be repeated: where it is a tenth of the new data since the last time, and else each
 * hour. Large static data in each small part would be most of what is sent.
 */
export function areStaticsDue(staticBytes: number, newBytes: number, elapsedMs: number): boolean {
  return SHARE * newBytes >= staticBytes || elapsedMs >= INTERVAL_MS;
}

/** Decides which parts of a recording begin with the static data of earlier parts. The first one does. */
export class StaticRepetition {
  #newBytes = 0;
  #repeatedAt = -Infinity;

  /** Counts a message of a part. Static data of its own gives no reason to repeat other static data. */
  count({ isStatic, payload }: EncodedMessage): void {
    if (!isStatic) this.#newBytes += payload.byteLength;
  }

  /** The first messages of the next part, out of the retained state of its recording. */
  select(retained: readonly EncodedMessage[]): readonly EncodedMessage[] {
    let staticBytes = 0;
    for (const { kind, payload } of retained) if (kind === "chunk") staticBytes += payload.byteLength;
    const now = performance.now();
    if (!areStaticsDue(staticBytes, this.#newBytes, now - this.#repeatedAt))
      return retained.filter(({ kind }) => kind !== "chunk");
    this.#newBytes = 0;
    this.#repeatedAt = now;
    return retained;
  }

  /** The next part begins with all static data, because some of it may have been lost. */
  repeatNext(): void {
    this.#repeatedAt = -Infinity;
  }
}
