import type { StoreId } from "@rerun-ts/core";
import { messageOf } from "@rerun-ts/core/checks";
import { decodeMessage, storeKey } from "@rerun-ts/core/rrd";
import type { Damage } from "../source/frame-reader.ts";
import { ChunkData } from "../store/chunk-data.ts";
import type { ChunkInfo } from "../store/chunk-info.ts";
import type { ChunkLoader } from "../store/chunk-loader.ts";
import { describeChunk } from "../store/describe-chunk.ts";
import { SchemaCache } from "../store/schema-cache.ts";
import { StoreIndex } from "../store/store-index.ts";
import type { LiveMessage } from "./live-source.ts";

/** Number of damaged that messages are remembered. */
const MAX_DAMAGE = 1000;

/** The index of one store among messages that are added and removed, and the loader of its chunks. */
export class LiveStore implements ChunkLoader {
  readonly index: StoreIndex;
  /** Changes when a chunk comes or goes. */
  version = 0;
  /** The rows of chunks that have gone. */
  removedRows = 0;
  readonly damage: Damage[] = [];
  readonly #key: string;
  readonly #schemas = new SchemaCache();
  /** The messages at the last update. */
  readonly #known = new Set<LiveMessage>();
  #newest: LiveMessage | undefined;
  readonly #infos = new Map<LiveMessage, ChunkInfo>();
  readonly #messages = new Map<string, LiveMessage>();
  #receivedBytes = 0;

  constructor(storeId: StoreId) {
    this.index = new StoreIndex(storeId);
    this.#key = storeKey(storeId);
  }

  /** Adds new messages, and removes those that are gone. */
  update(messages: readonly LiveMessage[]): void {
    let start = this.#known.size;
    // If the newest known message is still in its place, no earlier one was removed.
    if (messages[start - 1] !== this.#newest) {
      this.#removeAllBut(new Set(messages));
      start = 0;
    }
    for (let index = start; index < messages.length; index++) {
      const message = messages[index] as LiveMessage;
      if (this.#known.has(message)) continue;
      this.#known.add(message);
      this.#add(message);
    }
    this.#newest = messages.at(-1);
  }

  // Reads synchronously, because the messages may be removed later.
  async load(chunks: readonly ChunkInfo[]): Promise<readonly ChunkData[]> {
    return chunks.map(({ id }) => this.#read(this.#messages.get(id) as LiveMessage));
  }

  #add(message: LiveMessage): void {
    const offset = this.#receivedBytes;
    const length = message.payload.byteLength;
    this.#receivedBytes += length;
    if (storeKey(message.storeId) !== this.#key) return;
    try {
      if (message.kind === "storeInfo") {
        const info = decodeMessage("storeInfo", message.payload);
        if (info.kind === "storeInfo") this.index.source ??= info.source;
      } else if (message.kind === "chunk") this.#addChunk(message, { offset, length });
    } catch (error) {
      if (this.damage.length < MAX_DAMAGE) this.damage.push({ reason: messageOf(error), offset, lostBytes: length });
    }
  }

  #addChunk(message: LiveMessage, place: ChunkInfo["place"]): void {
    const chunk = this.#read(message);
    const described = describeChunk(chunk, place);
    if (!this.index.addDescribed(described, chunk)) return;
    this.#infos.set(message, described.info);
    this.#messages.set(described.info.id, message);
    this.version++;
  }

  #read({ payload }: LiveMessage): ChunkData {
    const message = decodeMessage("chunk", payload);
    if (message.kind !== "chunk") throw new TypeError("a message is not a chunk");
    return ChunkData.read(message.readArrow(), this.#schemas);
  }

  #removeAllBut(messages: ReadonlySet<LiveMessage>): void {
    const gone = new Set<string>();
    for (const message of this.#known) {
      if (messages.has(message)) continue;
      this.#known.delete(message);
      const info = this.#infos.get(message);
      if (info === undefined) continue;
      this.#infos.delete(message);
      this.#messages.delete(info.id);
      gone.add(info.id);
      this.removedRows += info.rows;
    }
    if (gone.size === 0) return;
    this.index.removeChunks(gone);
    this.version++;
  }
}
