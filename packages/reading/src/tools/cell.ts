/** A cell: the row of a chunk, and its time. */
export interface Cell {
  readonly time: bigint;
  readonly rowIds: Uint8Array;
  readonly chunkId: string;
  readonly row: number;
}
