import { isRerunError, type EncodedMessage } from "@rerun-ts/core";
import { MAX_RETAINED_BYTES, RetainedMessages, retentionKey } from "@rerun-ts/core/transport";
import type { StaticPlace } from "../commits/commit.ts";
import type { ObjectStore } from "../store/object-store.ts";
import type { StorePacks } from "./batch.ts";

/** Decodes the messages of an `.rrd` up to the last complete message. */
export type ReadMessages = (bytes: Uint8Array) => readonly EncodedMessage[];

/** Settings of {@link StaticData}. */
export interface StaticDataSettings {
  readonly store: Pick<ObjectStore, "read">;
  /** Reads the static data of a recording from the parts that count, as an `.rrd`. */
  readonly readStatics: (recordingId: string, signal: AbortSignal) => Promise<Uint8Array | undefined>;
  readonly readMessages: ReadMessages;
  /** The most bytes in memory. Others are read from their part again. */
  readonly maxBytes: number;
}

/**
 * The static data of the recordings of an ingester, which each part repeats. The last part of each recording contains
 * all of it, so an ingester may forget it at any time, and another ingester finds it there.
 */
export class StaticData {
  readonly #settings: StaticDataSettings;
  /** The static data by the key of its part, most recently used last. */
  readonly #held = new Map<string, readonly EncodedMessage[]>();
  #bytes = 0;

  constructor(settings: StaticDataSettings) {
    this.#settings = settings;
  }

  /**
   * The static data in a part of a recording. A part that was merged with others long ago is deleted: its data is then
   * in the part in its place.
   *
   * @param recordingId the recording. `undefined` for a layout
   * @throws {RerunError} the errors of the store, or `INVALID_FORMAT` if the part is damaged
   */
  async read(
    { key, bytes }: StaticPlace,
    recordingId: string | undefined,
    signal: AbortSignal,
  ): Promise<readonly EncodedMessage[]> {
    const held = this.#held.get(key);
    if (held !== undefined) return held;
    const { store, readStatics } = this.#settings;
    let part: Uint8Array | undefined;
    try {
      part = await store.read(key, { offset: 0, length: bytes, signal });
    } catch (error) {
      if (!isRerunError(error) || error.code !== "NOT_FOUND") throw error;
      part = recordingId === undefined ? undefined : await readStatics(recordingId, signal);
    }
    if (part === undefined) return [];
    const messages = this.#settings.readMessages(part).filter((message) => retentionKey(message) !== undefined);
    const chunks = messages.filter(({ kind }) => kind === "chunk");
    this.hold(key, chunks);
    return chunks;
  }

  /** Caches the static data of a part. @param before the previous part, whose data is no longer needed */
  hold(key: string, messages: readonly EncodedMessage[], before?: StaticPlace): void {
    if (before !== undefined) this.#forget(before.key);
    this.#forget(key);
    this.#held.set(key, messages);
    this.#bytes += sizeOf(messages);
    for (const oldest of this.#held.keys()) {
      if (this.#bytes <= this.#settings.maxBytes) break;
      this.#forget(oldest);
    }
  }

  #forget(key: string): void {
    this.#bytes -= sizeOf(this.#held.get(key) ?? []);
    this.#held.delete(key);
  }
}

/** The static data of the next part of a store. */
export interface PartStatics {
  /** The static data of earlier parts that this part repeats. */
  readonly repeated: readonly EncodedMessage[];
  /** All static data for later parts: the newest chunk of each entity and set of components. */
  readonly all: readonly EncodedMessage[];
}

/**
 * Decides which static data a part repeats. A layout repeats everything until it is complete, so that its last part is
 * a whole layout.
 *
 * @param maxPartBytes a part repeats at most half as much
 */
export function partStatics(
  earlier: readonly EncodedMessage[],
  { packs }: StorePacks,
  maxPartBytes: number,
): PartStatics {
  const messages = packs.flatMap(({ pack }) => (pack.messages.isTemporal === true ? [] : [...pack.messages]));
  const own = messages.filter((message) => message.kind === "chunk" && retentionKey(message) !== undefined);
  const ids = new Set(own.map(chunkName));
  const retained = new RetainedMessages(Math.min(MAX_RETAINED_BYTES, maxPartBytes / 2));
  // Sorted by age, because repeated messages may be older than committed ones.
  const byAge = [...earlier.filter((message) => !ids.has(chunkName(message))), ...own].sort(compareAges);
  for (const message of byAge) retained.add(message);
  const kept = new Set(retained.inOrder);
  const repeated = earlier.filter((message) => kept.has(message));
  const isComplete = messages.some(({ kind }) => kind === "activation");
  if (isComplete || kept.size === 0) return { repeated, all: [] };
  // Copies, because payloads are parts of larger messages.
  const copy = (message: EncodedMessage): EncodedMessage => ({ ...message, payload: message.payload.slice() });
  return { repeated, all: [...kept].map((message) => (ids.has(chunkName(message)) ? copy(message) : message)) };
}

/** Chunk ids begin with the time of their creation. */
function compareAges({ chunkId: a }: EncodedMessage, { chunkId: b }: EncodedMessage): number {
  if (a === undefined || b === undefined) return 0;
  return a.timeHi - b.timeHi || a.timeLo - b.timeLo || a.incHi - b.incHi || a.incLo - b.incLo;
}

function chunkName({ chunkId: id }: EncodedMessage): string {
  return `${id?.timeHi} ${id?.timeLo} ${id?.incHi} ${id?.incLo}`;
}

function sizeOf(messages: readonly EncodedMessage[]): number {
  return messages.reduce((sum, { payload }) => sum + payload.byteLength, 0);
}
