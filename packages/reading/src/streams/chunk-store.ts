import { RerunError } from "@rerun-ts/core";
import { argumentError, withRerunErrors } from "@rerun-ts/core/checks";
import type { Chunk } from "../reading/chunk.ts";
import { chunkDataOf } from "../reading/chunk.ts";
import { RecordingReader } from "../reading/recording-reader.ts";
import type { RecordingSchema } from "../reading/recording-schema.ts";
import type { ChunkData } from "../store/chunk-data.ts";
import type { ChunkInfo } from "../store/chunk-info.ts";
import type { ChunkLoader } from "../store/chunk-loader.ts";
import { describeChunk } from "../store/describe-chunk.ts";
import { StoreIndex } from "../store/store-index.ts";
import { checkChunks, checkedChunks, type Chunks } from "./checked-chunks.ts";
import { writtenStoreOf, writeChunks, type RrdTarget, type WriteRrdOptions } from "./encode-chunks.ts";

/** Chunks are in memory, not in a source. */
const NOWHERE: ChunkInfo["place"] = { offset: 0, length: 0 };

/** Chunks in memory with an index, which can be queried as a recording. */
export class ChunkStore implements AsyncIterable<Chunk> {
  /** Queries, columns and chunks, as of a recording in a file. */
  readonly reader: RecordingReader;
  readonly #chunks: ReadonlyMap<string, ChunkData>;
  readonly #index: StoreIndex;

  private constructor(index: StoreIndex, chunks: ReadonlyMap<string, ChunkData>) {
    if (!(index instanceof StoreIndex)) throw argumentError("index", "use `ChunkStore.from` to make a store");
    this.#index = index;
    this.#chunks = chunks;
    this.reader = new RecordingReader(index, new MemoryLoader(chunks));
  }

  /**
   * Collects chunks, except those without rows and duplicates of an id.
   *
   * @throws {RerunError} `INVALID_ARGUMENT` if `chunks` yields something else, or the error of its source
   */
  static from(chunks: Chunks): Promise<ChunkStore> {
    return withRerunErrors(async () => {
      checkChunks(chunks);
      const index = new StoreIndex({ kind: "recording", applicationId: "", recordingId: "" });
      const all = new Map<string, ChunkData>();
      for await (const chunk of checkedChunks(chunks)) {
        const data = chunkDataOf(chunk);
        if (index.addDescribed(describeChunk(data, NOWHERE), data)) all.set(data.id, data);
      }
      return new ChunkStore(index, all);
    });
  }

  /** The number of chunks. */
  get numChunks(): number {
    return this.#chunks.size;
  }

  /** The timelines and the components. */
  schema(): RecordingSchema {
    return this.reader.schema();
  }

  /** A line about each chunk, as in Rerun's Python SDK, for people and for tests that compare text. */
  summary(): string {
    return this.#index.chunks
      .map(({ id, entityPath, rows }) => {
        const { timelines, components } = (this.#chunks.get(id) as ChunkData).layout;
        const times = timelines.map(({ name }) => name).sort();
        const columns = [...times, ...components.map(({ name }) => name)].sort();
        const isStatic = times.length === 0 ? "True" : "False";
        return `${entityPath} rows=${rows} static=${isStatic} timelines=${listText(times)} cols=${listText(columns)}`;
      })
      .join("\n");
  }

  /** Iterates over the chunks, in the order in which they were added. */
  [Symbol.asyncIterator](): AsyncIterator<Chunk> {
    return this.reader.chunks();
  }

  /**
   * Writes all chunks as a recording, with a footer.
   *
   * @throws {RerunError} `INVALID_ARGUMENT` if an argument is wrong, or the error of the target
   */
  writeRrd(target: RrdTarget, options: WriteRrdOptions): Promise<void> {
    return withRerunErrors(async () => writeChunks(this, target, writtenStoreOf("writeRrd", options)));
  }
}

function listText(names: readonly string[]): string {
  return `[${names.map((name) => `'${name}'`).join(", ")}]`;
}

class MemoryLoader implements ChunkLoader {
  readonly #chunks: ReadonlyMap<string, ChunkData>;

  constructor(chunks: ReadonlyMap<string, ChunkData>) {
    this.#chunks = chunks;
  }

  async load(chunks: readonly ChunkInfo[]): Promise<readonly ChunkData[]> {
    return chunks.map(({ id }) => {
      const found = this.#chunks.get(id);
      if (found === undefined) throw new RerunError("NOT_FOUND", `the store has no chunk ${id}`);
      return found;
    });
  }
}
