/**
 * The position of each flag in shared memory. Flags are integers that a thread can wait for. The calling thread sets
 * `isEnded`, and the worker all others.
 */
const FLAG_INDEX = { isReady: 0, isOpen: 1, isFinished: 2, progress: 3, isEnded: 4 } as const;
const FLAG_BYTES = 24;
/** The position of each counter in shared memory, after the flags. */
const COUNTER_INDEX = {
  received: 0,
  sent: 1,
  pending: 2,
  queued: 3,
  maxQueued: 4,
  reconnects: 5,
  acknowledgedRows: 6,
  acknowledgedBytes: 7,
  /** Rows and bytes that a full queue has dropped. */
  droppedRows: 8,
  droppedBytes: 9,
} as const;
const COUNTER_COUNT = 10;

/** Buffers from this size on are returned for reuse. Posting a smaller one takes longer than allocating it. */
export const MIN_RECYCLED_BYTES: number = 64 * 1024;

export type FlagName = keyof typeof FLAG_INDEX;
export type CounterName = keyof typeof COUNTER_INDEX;

/**
 * Flags and counters in memory that two threads share. The worker writes them but for one. The calling thread reads
 * them, and can block until a flag changes without yielding to the event loop.
 *
 * Flags are accessed with `Atomics`. Counters are plain numbers: only one thread writes each of them. After writing
 * several counters, the worker calls `advance` to wake the thread that waits for progress.
 */
export class SharedCounters {
  readonly buffer: SharedArrayBuffer;
  readonly #flags: Int32Array<SharedArrayBuffer>;
  readonly #counters: Float64Array<SharedArrayBuffer>;

  constructor(buffer: SharedArrayBuffer = new SharedArrayBuffer(FLAG_BYTES + COUNTER_COUNT * 8)) {
    this.buffer = buffer;
    this.#flags = new Int32Array(buffer, 0, FLAG_BYTES / 4);
    this.#counters = new Float64Array(buffer, FLAG_BYTES, COUNTER_COUNT);
  }

  /** The value of a counter. */
  get(counter: CounterName): number {
    return this.#counters[COUNTER_INDEX[counter]] as number;
  }

  /** Sets a counter. Does not wake the other thread. */
  set(counter: CounterName, value: number): void {
    this.#counters[COUNTER_INDEX[counter]] = value;
  }

  /** Whether a flag is set. */
  has(flag: FlagName): boolean {
    return this.flag(flag) !== 0;
  }

  /** The value of a flag. */
  flag(flag: FlagName): number {
    return Atomics.load(this.#flags, FLAG_INDEX[flag]);
  }

  /** Sets a flag, and wakes the waiting thread. */
  setFlag(flag: FlagName, value: number): void {
    Atomics.store(this.#flags, FLAG_INDEX[flag], value);
    Atomics.notify(this.#flags, FLAG_INDEX[flag]);
  }

  /** Wakes the thread that waits for progress. */
  advance(): void {
    Atomics.add(this.#flags, FLAG_INDEX.progress, 1);
    Atomics.notify(this.#flags, FLAG_INDEX.progress);
  }

  /** Blocks until the flag differs from `value`, at most for `timeoutMs`. */
  wait(flag: FlagName, value: number, timeoutMs: number): void {
    Atomics.wait(this.#flags, FLAG_INDEX[flag], value, timeoutMs);
  }
}
