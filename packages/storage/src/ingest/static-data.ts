import { isRerunError, type EncodedMessage } from "@rerun-ts/core";
import { MAX_RETAINED_BYTES, RetainedMessages, areStaticsDue, retentionKey } from "@rerun-ts/core/transport";
import type { StaticPlace, StoreStatics } from "../commits/commit.ts";
import { readPart } from "../parts/read-part.ts";
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
 * The static data of the recordings of an ingester, which parts repeat. The beginnings of a few parts of each recording
 * have all of it, so an ingester may forget it at any time, and another ingester finds it there.
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
   * The static data at the beginning of a part of a recording. A part that was merged with others long ago is deleted:
   * its data is then in the part in its place.
   *
   * @param recordingId the recording. `undefined` for a layout
   * @throws {RerunError} the errors of the store, or `INVALID_FORMAT` if the part is damaged
   */
  async read(
    { key, bytes: size, bundle }: StaticPlace,
    recordingId: string | undefined,
    signal: AbortSignal,
  ): Promise<readonly EncodedMessage[]> {
    const held = this.#held.get(key);
    if (held !== undefined) return held;
    const { store, readStatics } = this.#settings;
    let part: Uint8Array | undefined;
    try {
      part = await readPart(store, { key, size, bundle }, { signal });
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

  /**
   * Caches the static data at the beginning of a part.
   *
   * @param before the beginnings of earlier parts that are no longer needed
   */
  hold(key: string, messages: readonly EncodedMessage[], before: readonly StaticPlace[] = []): void {
    for (const place of [...before, { key }]) this.#forget(place.key);
    if (messages.length === 0) return;
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
  /** The static data at the beginning of the part: the newest chunk of each entity and set of components. */
  readonly all: readonly EncodedMessage[];
  /** The number of earlier beginnings whose static data is in neither. */
  readonly earlier: number;
}

/**
 * The number of earlier beginnings with static data that the next part of a store does not repeat: all of them, unless
 * they are small or were repeated long ago. Those that are smaller together than the part's own static data are joined
 * with it, so that there are few. A layout repeats everything.
 *
 * @param time the time of the newest pack, by the clock of the stream, in milliseconds
 */
export function earlierStaticsToKeep(
  before: StoreStatics | undefined,
  { storeId, packs }: StorePacks,
  time: number | undefined,
): number {
  if (before === undefined || storeId.kind === "blueprint") return 0;
  const { places, newBytes, repeatedAt } = before;
  const known = places.reduce((sum, { bytes }) => sum + bytes, 0);
  const elapsed = time === undefined || repeatedAt === undefined ? Infinity : time - repeatedAt;
  if (areStaticsDue(known, newBytes, elapsed)) return 0;
  let bytes = sizeOf(packs.flatMap(({ pack }) => staticsIn(pack)));
  if (bytes === 0) return places.length;
  let kept = places.length;
  for (let last = places[kept - 1]; last !== undefined && last.bytes <= bytes; last = places[kept - 1]) {
    bytes += last.bytes;
    kept--;
  }
  return kept;
}

/**
 * Decides which static data a part repeats. A layout repeats everything until it is complete, so that its last part is
 * a whole layout.
 *
 * @param repeated the static data of the earlier beginnings that do not count any more
 * @param kept the number of those that do
 * @param maxPartBytes a part repeats at most half as much
 */
export function partStatics(
  { repeated: earlier, kept: earlierKept }: { readonly repeated: readonly EncodedMessage[]; readonly kept: number },
  { packs }: StorePacks,
  maxPartBytes: number,
): PartStatics {
  const newStatics = packs.flatMap(({ pack }) => staticsIn(pack));
  const ids = new Set(newStatics.map(chunkName));
  const retained = new RetainedMessages(Math.min(MAX_RETAINED_BYTES, maxPartBytes / 2));
  // Sorted by age, because repeated messages may be older than committed ones.
  const byAge = [...earlier.filter((message) => !ids.has(chunkName(message))), ...newStatics].sort(compareAges);
  for (const message of byAge) retained.add(message);
  const kept = new Set(retained.inOrder);
  const repeated = earlier.filter((message) => kept.has(message));
  const isComplete = packs.some(
    ({ pack: { messages } }) => messages.isTemporal !== true && [...messages].some(({ kind }) => kind === "activation"),
  );
  if (isComplete || kept.size === 0) return { repeated, all: [], earlier: earlierKept };
  // Copies, because payloads are parts of larger messages.
  const copy = (message: EncodedMessage): EncodedMessage => ({ ...message, payload: message.payload.slice() });
  const all = [...kept].map((message) => (ids.has(chunkName(message)) ? copy(message) : message));
  return { repeated, all, earlier: earlierKept };
}

function staticsIn({ messages }: StorePacks["packs"][number]["pack"]): readonly EncodedMessage[] {
  if (messages.isTemporal === true) return [];
  return [...messages].filter((message) => message.kind === "chunk" && retentionKey(message) !== undefined);
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
