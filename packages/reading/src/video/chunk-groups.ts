import type { ReadOptions } from "../source/random-access.ts";
import type { ChunkData } from "../store/chunk-data.ts";
import type { ChunkInfo } from "../store/chunk-info.ts";
import type { ChunkLoader } from "../store/chunk-loader.ts";

/** A chunk, and its entry in the index. */
export interface LoadedInfo {
  readonly info: ChunkInfo;
  readonly chunk: ChunkData;
}

/** The limits of chunks that are in memory together: their number, and their bytes in the source. */
const MAX_CHUNKS = 64;
const MAX_BYTES = 4 * 1024 * 1024;

/** Groups of chunks in their order, which fit into memory. A larger chunk is a group. */
export function chunkGroups(infos: readonly ChunkInfo[]): ChunkInfo[][] {
  const groups: ChunkInfo[][] = [];
  let bytes = Infinity;
  for (const info of infos) {
    const { length } = info.place;
    const last = groups.at(-1);
    if (last === undefined || last.length >= MAX_CHUNKS || bytes + length > MAX_BYTES) {
      groups.push([info]);
      bytes = 0;
    } else last.push(info);
    bytes += length;
  }
  return groups;
}

/** Loads chunks in their order, a group at a time. None is kept for later reads. */
export async function* loadGroups(
  loader: ChunkLoader,
  infos: readonly ChunkInfo[],
  options: ReadOptions,
): AsyncGenerator<LoadedInfo, void, undefined> {
  for (const group of chunkGroups(infos)) yield* await loadGroup(loader, group, options);
}

/** Loads chunks that fit into memory together. None is kept for later reads. */
export async function loadGroup(
  loader: ChunkLoader,
  group: readonly ChunkInfo[],
  { signal }: ReadOptions,
): Promise<readonly LoadedInfo[]> {
  const chunks = await loader.load(group, { signal, isOnce: true });
  return group.map((info, index) => ({ info, chunk: chunks[index] as ChunkData }));
}
