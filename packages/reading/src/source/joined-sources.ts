import { RerunError } from "@rerun-ts/core";
import { upperBound } from "@rerun-ts/core/util";
import type { RandomAccess, ReadOptions } from "./random-access.ts";

/** The distance of sources, so that readers that join nearby reads never read from two sources at the same time. */
const GAP = 2 ** 30;

/** Several sources as one: each is at a separate position, far from the others. */
export class JoinedSources implements RandomAccess {
  /** The position of each source. */
  readonly starts: readonly number[];
  readonly size: number;
  readonly #sources: readonly RandomAccess[];

  constructor(sources: readonly RandomAccess[]) {
    this.#sources = sources;
    let end = 0;
    this.starts = sources.map(({ size }) => {
      const start = end;
      end += size + GAP;
      return start;
    });
    this.size = end;
    if (!Number.isSafeInteger(end)) throw new RerunError("UNSUPPORTED", "the parts of the recording are too large");
  }

  read(start: number, length: number, options?: ReadOptions): Promise<Uint8Array> | Uint8Array {
    const index = this.#indexAt(start);
    const [source, first] = [this.#sources[index], this.starts[index]];
    if (source === undefined || first === undefined || start + length > first + source.size)
      throw new RerunError("INVALID_FORMAT", "the index of a part names bytes behind its end");
    return source.read(start - first, length, options);
  }

  async close(): Promise<void> {
    for (const source of this.#sources) await source.close?.();
  }

  /** The last source that begins at a position or before. */
  #indexAt(position: number): number {
    return Math.max(0, upperBound(this.starts.length, (index) => (this.starts[index] as number) <= position) - 1);
  }
}
