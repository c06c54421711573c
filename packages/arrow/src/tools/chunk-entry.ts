import type { ChunkData } from "../store/chunk-data.ts";

/** A chunk of a source without its rows, or small chunks that were joined. */
export interface ChunkEntry {
  readonly id: string;
  readonly source: number;
  /** Offset and length of the message. */
  readonly place: { readonly offset: number; readonly length: number };
  readonly rows: number;
  /** The smallest and the largest row id, as strings with the same order. */
  readonly firstId: string;
  readonly lastId: string;
  /** Whether the row ids increase. */
  readonly hasSortedIds: boolean;
  /** Whether the row ids and all times increase. */
  readonly isSorted: boolean;
  /** The position of its edge times (of its first and last row) among those of its entity. */
  readonly edges: number;
  /** The size of each component, in the order of the columns. */
  readonly componentBytes: readonly number[];
  /** The codecs as whose frame each row would be a key frame, in a video. */
  readonly keyframes: Uint8Array | undefined;
  /** The times of all rows of a video on each timeline, if its key frames are labelled. */
  readonly frameTimes: readonly BigInt64Array[];
  /** Whether the message can be copied unchanged. */
  readonly isPlain: boolean;
  /** The rows of small chunks that were joined. The place is that of the first of them. */
  readonly joined?: ChunkData;
}
