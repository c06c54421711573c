import { arrowOfFrame } from "@rerun-ts/core/rrd";
import { forEachInParallel } from "@rerun-ts/core/util";
import { UselessUrlError, fetchRange } from "./fetch-range.ts";
import type { CandidateChunk } from "./find-chunks.ts";
import { mergedRanges, type MergedRange } from "./merged-ranges.ts";
import type { CallSettings } from "./catalog-calls.ts";

type DirectChunk = CandidateChunk & { readonly direct: NonNullable<CandidateChunk["direct"]> };

/** Ranges that are read at a time for one call. */
const MAX_READS = 16;
/** The number of consecutive failed requests to an origin after which chunks of its files come from the catalog. */
const MAX_FAILURES = 3;

/** Reads the chunks of a query from files, if the catalog offers URLs. Failed chunks are left to the catalog. */
export class DirectChunks {
  readonly #send: typeof fetch;
  readonly #timeoutMs: number;
  readonly #useless = new Set<string>();
  /** The number of requests to an origin that failed, since the last that did not. */
  readonly #failures = new Map<string, number>();
  readonly #signal: AbortSignal;
  /** The requests that have not ended. Node warns of a signal with a listener for each. */
  readonly #open = new Set<AbortController>();

  /** @param signal ends all requests */
  constructor(send: typeof fetch, { timeoutMs }: CallSettings, signal: AbortSignal) {
    this.#send = send;
    this.#timeoutMs = timeoutMs;
    this.#signal = signal;
    const abortAll = (): void => this.#open.forEach((request) => request.abort());
    signal.addEventListener("abort", abortAll, { once: true });
  }

  /**
   * Reads chunks, in any order. Returns those that must come from the catalog. Never rejects.
   *
   * @param onArrow called with the Arrow data for each chunk, which may turn out to be the data of another chunk
   */
  async fetch(
    chunks: readonly CandidateChunk[],
    onArrow: (chunk: CandidateChunk, arrow: Uint8Array) => void,
  ): Promise<readonly CandidateChunk[]> {
    const direct = chunks.filter((chunk): chunk is DirectChunk => this.#isUsed(chunk));
    if (direct.length === 0) return chunks;
    const left = new Set(chunks);
    await forEachInParallel(mergedRanges(direct), MAX_READS, async (range) => {
      const bytes = await this.#read(range);
      if (bytes === undefined) return;
      for (const chunk of range.chunks) {
        const arrow = this.#decode(chunk, bytes.subarray(chunk.direct.offset - range.start));
        if (arrow === undefined) continue;
        left.delete(chunk);
        onArrow(chunk, arrow);
      }
    });
    return [...left];
  }

  /** Stops reading the file of a chunk, because its bytes were not that chunk. */
  distrust({ direct }: CandidateChunk): void {
    if (direct !== undefined) this.#useless.add(direct.url);
  }

  #isUsed({ direct }: CandidateChunk): boolean {
    if (direct === undefined || this.#useless.has(direct.url)) return false;
    return (this.#failures.get(new URL(direct.url).origin) ?? 0) < MAX_FAILURES;
  }

  async #read(range: MergedRange<DirectChunk>): Promise<Uint8Array | undefined> {
    const [first] = range.chunks;
    // Earlier ranges may have failed meanwhile.
    if (this.#signal.aborted || first === undefined || !this.#isUsed(first)) return undefined;
    const { origin } = new URL(range.url);
    const request = new AbortController();
    this.#open.add(request);
    try {
      const bytes = await fetchRange(this.#send, range, this.#timeoutMs, request.signal);
      this.#failures.delete(origin);
      return bytes;
    } catch (error) {
      if (error instanceof UselessUrlError) this.#useless.add(range.url);
      else this.#failures.set(origin, (this.#failures.get(origin) ?? 0) + 1);
      return undefined;
    } finally {
      this.#open.delete(request);
    }
  }

  #decode(chunk: DirectChunk, bytes: Uint8Array): Uint8Array | undefined {
    try {
      return arrowOfFrame(bytes.subarray(0, chunk.direct.length));
    } catch {
      this.distrust(chunk);
      return undefined;
    }
  }
}
