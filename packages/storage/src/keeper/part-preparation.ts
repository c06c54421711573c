import { RerunError } from "@rerun-ts/core";
import { finishesWithin, sleep } from "@rerun-ts/core/util";
import type { StoredPart } from "./part-files.ts";

const PARALLEL_PREPARATIONS = 16;
const REGISTER_BATCH = 100;
/** The time in which further parts may join a group. */
const GATHER_MS = 100;
/** The time after which a part without a byte of its file is stalled. */
const STALLED_MS = 10_000;

/** A part whose file is there. */
export interface PreparedPart {
  readonly part: StoredPart;
  readonly url: string;
}

/** Settings of a {@link PartPreparation}. */
export interface PartPreparationOptions {
  /** Makes the file of a part ready, and calls the function for each piece of it. Resolves to the URL of the file. */
  readonly prepare: (part: StoredPart, onPiece: () => void, signal: AbortSignal) => Promise<string>;
  readonly onFailed: (part: StoredPart, error: RerunError) => void;
  /**
   * The time in milliseconds without a prepared part after which the others continue in the background. `Infinity`
   * waits for all.
   */
  readonly patienceMs: number;
}

/** Makes the files of parts ready. A part whose file takes long holds up neither the others nor later calls. */
export class PartPreparation {
  readonly #options: PartPreparationOptions;
  /** The times of the last pieces of parts in progress, by their keys. */
  readonly #inProgress = new Map<string, number>();

  constructor(options: PartPreparationOptions) {
    this.#options = options;
  }

  /** The keys of parts in progress of which no byte has come for a while. */
  get stalled(): readonly string[] {
    const since = performance.now() - STALLED_MS;
    return [...this.#inProgress].filter(([, pieceAt]) => pieceAt < since).map(([key]) => key);
  }

  /** Yields groups of parts once they are ready. Parts that continue in the background are ready in a later call. */
  async *run(parts: readonly StoredPart[], signal: AbortSignal): AsyncGenerator<readonly PreparedPart[]> {
    const { onFailed, patienceMs } = this.#options;
    const ready: PreparedPart[] = [];
    const next = parts.filter(({ key }) => !this.#inProgress.has(key)).values();
    const running = new Set<Promise<void>>();
    const over = new AbortController();
    const isEnded = (): boolean => signal.aborted || over.signal.aborted;
    let onChange = (): void => {};
    const work = async (): Promise<void> => {
      for (const part of next) {
        try {
          ready.push({ part, url: await this.#prepare(part, signal) });
        } catch (error) {
          onFailed(part, RerunError.from(error));
        }
        onChange();
        while (ready.length >= REGISTER_BATCH && !isEnded()) await sleep(GATHER_MS);
        if (isEnded()) break;
      }
    };
    for (let count = Math.min(PARALLEL_PREPARATIONS, parts.length); count > 0; count--) {
      const worker = work().finally(() => {
        running.delete(worker);
        onChange();
      });
      running.add(worker);
    }
    try {
      while (running.size > 0 || ready.length > 0) {
        if (ready.length > 0) {
          yield ready.splice(0, REGISTER_BATCH);
          continue;
        }
        const isChanged = await finishesWithin(patienceMs, new Promise<void>((resolve) => (onChange = resolve)));
        if (!isChanged) return;
        if (running.size > 0 && ready.length < REGISTER_BATCH) await sleep(GATHER_MS);
      }
    } finally {
      // Those that go on take no further part.
      over.abort();
    }
  }

  async #prepare(part: StoredPart, signal: AbortSignal): Promise<string> {
    const onPiece = (): void => void this.#inProgress.set(part.key, performance.now());
    onPiece();
    try {
      return await this.#options.prepare(part, onPiece, signal);
    } finally {
      this.#inProgress.delete(part.key);
    }
  }
}
