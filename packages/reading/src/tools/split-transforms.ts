import { isValid } from "../arrays/is-valid.ts";
import type { ChunkData } from "../store/chunk-data.ts";

/** Components of transforms, and components that name frames. */
const TRANSFORM = /^(?:Transform3D|Pinhole):/;
const FRAME = /:(?:child|parent)_frame$/;

/** Rows of one chunk with transforms, and their times. */
interface TransformRows {
  readonly chunkId: string;
  readonly rows: Int32Array;
  readonly times: BigInt64Array;
}

/** Whether a component names a frame of a transform. */
export function isFrameName(component: string): boolean {
  return TRANSFORM.test(component) && FRAME.test(component);
}

/** The transforms of one entity that names frames, so that each row may be of another one. */
export class FrameTransforms {
  readonly #chunks: TransformRows[] = [];
  #hasFrames = false;

  /** The number of stored rows. */
  get size(): number {
    return this.#chunks.reduce((sum, { rows }) => sum + rows.length, 0);
  }

  /** Adds the rows of a chunk that have a transform. */
  add(chunk: ChunkData, times: BigInt64Array): void {
    const columns = chunk.layout.components.filter(({ name }) => TRANSFORM.test(name));
    const values = columns.map((column) => chunk.values(column));
    const names = values.filter((_, index) => FRAME.test(columns[index]?.name ?? ""));
    const rows = new Int32Array(chunk.rows);
    let count = 0;
    for (let row = 0; row < chunk.rows; row++) {
      if (values.some((data) => isValid(data, row))) rows[count++] = row;
      this.#hasFrames ||= names.some((data) => isValid(data, row));
    }
    const own = rows.slice(0, count);
    this.#chunks.push({ chunkId: chunk.id, rows: own, times: BigInt64Array.from(own, (row) => times[row] as bigint) });
  }

  /** Calls `visit` for each row before a time, if frames have names. */
  before(time: bigint, visit: (chunkId: string, row: number) => void): void {
    if (!this.#hasFrames) return;
    for (const { chunkId, rows, times } of this.#chunks)
      for (const [index, row] of rows.entries()) if ((times[index] as bigint) < time) visit(chunkId, row);
  }
}
