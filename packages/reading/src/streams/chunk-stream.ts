import {
  argumentError,
  checkOptions,
  invalidArgument,
  withRerunErrors,
  yieldingRerunErrors,
} from "@rerun-ts/core/checks";
import type { Table } from "apache-arrow";
import { prepareLenses } from "../lenses/derive.ts";
import type { DeriveOptions, Lenses, LensInput } from "../lenses/lens.ts";
import type { QueryOptions } from "../query/query-options.ts";
import { isChunk, type Chunk } from "../reading/chunk.ts";
import { chunkSplitter, type ChunkCondition } from "./chunk-selection.ts";
import { checkChunks, checkedChunks, type Chunks } from "./checked-chunks.ts";
import { ChunkStore } from "./chunk-store.ts";
import { encodeChunks, writtenStoreOf, writeChunks, type RrdTarget, type WriteRrdOptions } from "./encode-chunks.ts";
import { SharedChunks } from "./shared-chunks.ts";

/** The result of a function of a stream for a chunk: another one, several, or none. */
export type MappedChunk = Chunk | Iterable<Chunk> | undefined;

/** Options of {@link ChunkStream.tee} and {@link ChunkStream.split}. */
export interface ShareOptions {
  /** The largest number of chunks by which one stream may be ahead of the other. Default 64. */
  maxChunks?: number | undefined;
}

/**
 * Chunks one after the other, and a pipeline over them. Nothing is read before the stream is, and a chunk is released
 * when the next one is read. A stream over an array or a store can be read again. One over a generator is read once.
 *
 * @example
 * const { recording } = { recording: (await openRrd("robot.rrd")).recording() };
 * await ChunkStream.from(recording.chunks())
 *   .filter({ contents: "/camera/**" })
 *   .map((chunk) => chunk.withEntityPath("/left" + chunk.entityPath))
 *   .writeRrd("camera.rrd", { applicationId: "robot" });
 */
export class ChunkStream implements AsyncIterable<Chunk> {
  readonly #open: () => AsyncIterator<Chunk>;

  private constructor(open: () => AsyncIterator<Chunk>) {
    if (typeof open !== "function")
      throw new TypeError("a `ChunkStream` must be made by `ChunkStream.from`, or by a method of another one");
    this.#open = open;
  }

  /**
   * A stream of chunks.
   *
   * @throws {TypeError} if `chunks` is not an iterable. Reading rejects with `INVALID_ARGUMENT` if it yields something else
   */
  static from(chunks: Chunks): ChunkStream {
    if (chunks instanceof ChunkStream) return chunks;
    checkChunks(chunks);
    let isRead = false;
    return new ChunkStream(() => {
      // A second loop over a generator would yield nothing.
      if (isRead && isOneShot(chunks)) throw argumentError("chunks", "`chunks` is a generator, which was read already");
      isRead = true;
      return checkedChunks(chunks);
    });
  }

  /** All chunks of several streams, one stream after the other. */
  static concat(...streams: readonly Chunks[]): ChunkStream {
    const all = streams.map((stream) => ChunkStream.from(stream));
    return new ChunkStream(async function* () {
      for (const stream of all) yield* stream;
    });
  }

  /** Iterates over the chunks. */
  [Symbol.asyncIterator](): AsyncIterator<Chunk> {
    return this.#open();
  }

  /** The chunks that a function returns for each chunk: one, several, or `undefined` for none. */
  map(map: (chunk: Chunk) => MappedChunk | Promise<MappedChunk>): ChunkStream {
    if (typeof map !== "function") throw invalidArgument("map", "a function of a chunk", map);
    return this.#pipe(async function* (chunks) {
      for await (const chunk of chunks) {
        const mapped = await map(chunk);
        if (isChunk(mapped)) yield mapped;
        else if (mapped !== undefined) yield* checkedChunks(checkMapped(mapped));
      }
    });
  }

  /**
   * The chunks for which a condition holds. With `components`, a chunk keeps those alone.
   *
   * @throws {TypeError} if the condition is wrong
   */
  filter(condition: ChunkCondition): ChunkStream {
    const split = chunkSplitter("filter", condition);
    return this.map((chunk) => split(chunk)[0]);
  }

  /** The chunks that {@link ChunkStream.filter} leaves out. @throws {TypeError} if the condition is wrong */
  drop(condition: ChunkCondition): ChunkStream {
    const split = chunkSplitter("drop", condition);
    return this.map((chunk) => split(chunk)[1]);
  }

  /**
   * Two streams: the chunks that {@link ChunkStream.filter} keeps, and the rest. This stream is read once for both.
   * Read both at the same time: a stream waits when it is `maxChunks` ahead, unless the other has ended. It fails with
   * `TIMEOUT` if the other is not read at all for 10 seconds.
   *
   * @throws {TypeError} if the condition is wrong
   */
  split(condition: ChunkCondition, options?: ShareOptions): readonly [matching: ChunkStream, rest: ChunkStream] {
    const split = chunkSplitter("split", condition);
    return this.#share("split", [(chunk) => split(chunk)[0], (chunk) => split(chunk)[1]], options);
  }

  /**
   * Two streams of the same chunks. This stream is read once for both. Read both at the same time: a stream waits when
   * it is `maxChunks` ahead, unless the other has ended. It fails with `TIMEOUT` if the other is not read at all for 10
   * seconds.
   */
  tee(options?: ShareOptions): readonly [ChunkStream, ChunkStream] {
    return this.#share("tee", [(chunk) => chunk, (chunk) => chunk], options);
  }

  /**
   * The components that lenses make of the chunks' components. With the option `output`, also the chunks themselves.
   *
   * @throws {TypeError} if a lens is wrong
   * @example
   * stream.derive({ from: "Imu:accel", value: "y", to: "/new/accel_y", as: rr.Scalars }, { output: "all" });
   */
  derive<Value = LensInput>(lenses: Lenses<Value>, options?: DeriveOptions): ChunkStream {
    return this.map(prepareLenses("ChunkStream.derive", lenses, options));
  }

  /** All chunks as an array. */
  toArray(): Promise<Chunk[]> {
    return withRerunErrors(async () => {
      const all: Chunk[] = [];
      for await (const chunk of this) all.push(chunk);
      return all;
    });
  }

  /** All chunks in memory, with an index. */
  collect(): Promise<ChunkStore> {
    return ChunkStore.from(this);
  }

  /** The table of a query of all chunks, which are collected. @throws {TypeError} if an option is wrong */
  toTable(options: QueryOptions): Promise<Table> {
    return withRerunErrors(async () => (await this.collect()).reader.query(options).toTable());
  }

  /** The bytes of an `.rrd` with a footer. @throws {TypeError} if an option is wrong */
  encode(options: WriteRrdOptions): AsyncGenerator<Uint8Array, void, undefined> {
    return yieldingRerunErrors(encodeChunks(this, writtenStoreOf("encode", options)));
  }

  /**
   * Writes a recording to a file on Node, or to a new sink. The file appears when it is complete. The sink is closed.
   *
   * @throws {RerunError} `INVALID_ARGUMENT` if an argument is wrong, or the error of the source or the target
   */
  writeRrd(target: RrdTarget, options: WriteRrdOptions): Promise<void> {
    return withRerunErrors(async () => writeChunks(this, target, writtenStoreOf("writeRrd", options)));
  }

  #pipe(pipe: (chunks: AsyncIterable<Chunk>) => AsyncGenerator<Chunk, void, undefined>): ChunkStream {
    return new ChunkStream(() => pipe(this));
  }

  #share(
    call: string,
    selections: readonly ((chunk: Chunk) => Chunk | undefined)[],
    options: ShareOptions = {},
  ): readonly [ChunkStream, ChunkStream] {
    checkOptions(call, options, { maxChunks: 1 });
    const { maxChunks = 64 } = options;
    if (!(Number.isInteger(maxChunks) && maxChunks > 0))
      throw invalidArgument("maxChunks", "a positive integer", maxChunks);
    const shared = new SharedChunks(call, this, selections, maxChunks);
    return [ChunkStream.from(shared.read(0)), ChunkStream.from(shared.read(1))];
  }
}

function isOneShot(chunks: Chunks): boolean {
  const iterator = Symbol.asyncIterator in chunks ? chunks[Symbol.asyncIterator]() : chunks[Symbol.iterator]();
  return (iterator as unknown) === chunks;
}

/** @throws {TypeError} if the function of a stream has another result than chunks */
function checkMapped(mapped: Iterable<Chunk>): Iterable<Chunk> {
  const isIterable = typeof mapped === "object" && mapped !== null;
  if (isIterable && (Symbol.iterator in mapped || Symbol.asyncIterator in mapped)) return mapped;
  throw invalidArgument("map", "a function that returns a chunk, an iterable of chunks, or undefined", mapped);
}
