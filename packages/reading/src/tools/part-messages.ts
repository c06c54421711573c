import type { StoreId } from "@rerun-ts/core";
import { decodeMessage } from "@rerun-ts/core/rrd";
import { checkAborted } from "@rerun-ts/core/util";
import type { RandomAccess, ReadOptions } from "../source/random-access.ts";
import { groupPlaces, type Place } from "../source/place-groups.ts";
import { ChunkData } from "../store/chunk-data.ts";
import { SchemaCache } from "../store/schema-cache.ts";
import { describedChunk } from "./edit-chunk.ts";
import type { ToolMessage } from "./tool-message.ts";

/** A message of a source that is split, and the parts that need it. */
export interface SplitEntry {
  readonly kind: ToolMessage["message"]["kind"];
  readonly storeId: StoreId;
  /** Chunks: their id. */
  readonly id: string | undefined;
  /** The payload in the source. */
  readonly place: Place;
  /** The first and the last part that needs it. */
  readonly first: number;
  readonly last: number;
}

/** The maximum size of messages that are read together, in bytes. */
const MAX_READ = 4 * 1024 * 1024;

/** @param parts the parts with rows of the message, or `undefined` if all parts have it */
export function partEntry(
  { message, storeId, chunk, place }: ToolMessage,
  parts: { readonly first: number; readonly last: number } | undefined,
): SplitEntry {
  const { first, last } = parts ?? { first: 0, last: Infinity };
  return { kind: message.kind, storeId, id: chunk?.id, place: place ?? { offset: 0, length: 0 }, first, last };
}

/** Reads the messages of each part again, and no others: a source of many chunks may have many parts. */
export class PartMessages {
  readonly #source: RandomAccess;
  readonly #entries: readonly SplitEntry[];
  readonly #options: ReadOptions;
  readonly #schemas = new SchemaCache();

  constructor(source: RandomAccess, entries: readonly SplitEntry[], options: ReadOptions) {
    this.#source = source;
    this.#entries = entries;
    this.#options = options;
  }

  /**
   * The messages of a part, in the order of the source.
   *
   * @param before the ids of chunks with earlier rows that the part needs
   */
  async *of(part: number, before: ReadonlyMap<string, unknown>): AsyncGenerator<ToolMessage, void, undefined> {
    const wanted = this.#entries.filter(
      ({ id, first, last }) => (first <= part && part <= last) || (id !== undefined && before.has(id)),
    );
    for (const { items, start, length } of groupPlaces(wanted, ({ place }) => place, MAX_READ)) {
      checkAborted(this.#options.signal);
      const bytes = await this.#source.read(start, length, this.#options);
      for (const entry of items) yield this.#decode(entry, bytes, start);
    }
  }

  #decode({ kind, storeId, place }: SplitEntry, bytes: Uint8Array, start: number): ToolMessage {
    const offset = place.offset - start;
    const message = decodeMessage(kind, bytes.subarray(offset, offset + place.length)) as ToolMessage["message"];
    if (message.kind !== "chunk") return { message, storeId, source: 0, place };
    const chunk = ChunkData.read(message.readArrow(), this.#schemas);
    return { ...describedChunk(message, chunk, storeId), source: 0, place };
  }
}
