import { RerunError } from "@rerun-ts/core";
import { checkAborted, sleep } from "@rerun-ts/core/util";
import { RecordingReader } from "../reading/recording-reader.ts";
import type { Damage } from "../source/frame-reader.ts";
import type { ReadOptions } from "../source/random-access.ts";
import type { LiveUpdates } from "../store/live-updates.ts";
import type { LiveBuffer } from "./live-source.ts";
import type { LiveStore } from "./live-store.ts";
import { StreamBuffer } from "./stream-buffer.ts";

/** Interval of polling, once the interval of a subscription is over. */
const MIN_POLL_MS = 10;
const MAX_POLL_MS = 100;

/** A recording that is still being logged. Every call uses all data received so far. */
export class LiveRecording extends RecordingReader {
  readonly #updates: BufferUpdates;
  readonly #store: LiveStore;

  /** @internal Live recordings come from `openLive`. */
  constructor(buffer: LiveBuffer, store: LiveStore) {
    const updates = new BufferUpdates(buffer, store);
    super(store.index, store, updates);
    this.#updates = updates;
    this.#store = store;
  }

  /** Unreadable messages, at most 1,000. Their places are counted from the first message. */
  get damage(): readonly Damage[] {
    return this.#store.damage;
  }

  /** The number of lost rows: removed for `maxBytes`, or taken out of the sink. */
  get removedRows(): number {
    this.#updates.refresh();
    return this.#store.removedRows;
  }

  /** Ends the reading and all subscriptions. Data read so far stays. */
  close(): void {
    this.#updates.close();
  }

  /** Ends the reading, as {@link close}. */
  [Symbol.dispose](): void {
    this.close();
  }
}

class BufferUpdates implements LiveUpdates {
  readonly #buffer: LiveBuffer;
  readonly #store: LiveStore;
  #isClosed = false;

  constructor(buffer: LiveBuffer, store: LiveStore) {
    this.#buffer = buffer;
    this.#store = store;
  }

  get version(): number {
    return this.#store.version;
  }

  refresh(): void {
    if (!this.#isClosed) this.#store.update(this.#buffer.readMessages());
  }

  close(): void {
    this.refresh();
    this.#isClosed = true;
    if (this.#buffer instanceof StreamBuffer) this.#buffer.close();
  }

  async changed(version: number, intervalMs: number, options?: ReadOptions): Promise<boolean> {
    const pollMs = Math.min(Math.max(intervalMs, MIN_POLL_MS), MAX_POLL_MS);
    for (let waitMs = intervalMs; ; waitMs = pollMs) {
      await sleep(waitMs, options?.signal);
      checkAborted(options?.signal);
      // Refresh before reading the state, so that the last messages before the end are not missed.
      this.refresh();
      if (this.version !== version) return true;
      if (this.#isClosed || this.#isOver()) return false;
    }
  }

  #isOver(): boolean {
    const { state } = this.#buffer.stats();
    if (state !== "closed" && state !== "broken") return false;
    if (this.#buffer instanceof StreamBuffer && this.#buffer.error !== undefined)
      throw RerunError.from(this.#buffer.error, "CONNECTION");
    return true;
  }
}
