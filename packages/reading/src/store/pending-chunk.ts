import { checkAborted } from "@rerun-ts/core/util";
import type { ChunkData } from "./chunk-data.ts";

/** A chunk that one call is loading, for which others can wait. */
export class PendingChunk {
  readonly #loaded: Promise<ChunkData | "aborted">;
  /** The end of the wait: the chunk, or the abort of the call that was loading it. */
  resolve: (chunk: ChunkData | "aborted") => void = () => {};
  reject: (error: unknown) => void = () => {};

  constructor() {
    this.#loaded = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
    // Prevents an unhandled rejection if no caller waits.
    this.#loaded.catch(() => {});
  }

  /**
   * The chunk, or `"aborted"` if the loading call was aborted, whatever error its source has thrown. The caller must
   * then load the chunk itself.
   * @throws {RerunError} the error of loading the chunk, or `ABORTED` if `signal` fires first
   */
  async wait(signal: AbortSignal | undefined): Promise<ChunkData | "aborted"> {
    checkAborted(signal);
    let end = (): void => {};
    const ended = new Promise<undefined>((resolve) => {
      end = () => resolve(undefined);
      signal?.addEventListener("abort", end);
    });
    try {
      const chunk = await Promise.race([this.#loaded, ended]);
      checkAborted(signal);
      return chunk ?? "aborted";
    } finally {
      signal?.removeEventListener("abort", end);
    }
  }
}
