import type { ReadOptions } from "../source/random-access.ts";
import type { ChunkData } from "./chunk-data.ts";
import type { ChunkInfo } from "./chunk-info.ts";

/** Options of loading chunks. */
export interface LoadOptions extends ReadOptions {
  /** Whether chunks have the messages that they are from, for copies of them. Default `false`. */
  withMessages?: boolean | undefined;
  /** Whether the chunks are read once, and need not stay in memory for later reads. Default `false`. */
  isOnce?: boolean | undefined;
}

/** Reads the rows of chunks. */
export interface ChunkLoader {
  /** Reads chunks, in any order of their places. Resolves to their rows, in the order of `chunks`. */
  load(chunks: readonly ChunkInfo[], options?: LoadOptions): Promise<readonly ChunkData[]>;
}
