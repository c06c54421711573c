import { startTimer } from "../async/start-timer.ts";
import { InvalidValueError } from "../checks/invalid-value-error.ts";
import type { Clock } from "../time/clock.ts";
import type { TimePoint } from "../time/time-point.ts";
import type { BatcherConfig } from "./batcher-config.ts";
import { BuilderPool } from "./builder-pool.ts";
import type { ChunkBuilder } from "./chunk-builder.ts";
import type { LoggedChunk } from "./logged-chunk.ts";
import type { AsComponents } from "./component.ts";
import type { EntityRows } from "./entity-rows.ts";
import { EntityTable } from "./entity-table.ts";
import { IdleMemory } from "./idle-memory.ts";
import { ChunkRowWriter } from "./row-writer.ts";
import type { TuidGenerator } from "./tuid.ts";

/** Rows from this size on may hold a caller's memory instead of a copy. */
const MAY_BORROW = 64 * 1024;
/** The batcher sends all rows once the pending rows of all entities take this many bytes together. */
const MAX_WAITING_BYTES = 64 * 1024 * 1024;
/** Memory that the rows of one entity take besides their bytes: buffers have spare capacity. */
const BUILDER_BYTES = 4096;
/** Above this number of entities, the next flush removes those without rows. */
const MAX_IDLE_ENTITIES = 200_000;
/** If more entities than this have rows in one flush, they share their builders. */
const MIN_SHARING = 256;

/** Destination of a batcher's chunks. */
export interface ChunkTarget {
  /** Takes a chunk, whose memory is reused when this returns. */
  send(chunk: LoggedChunk): void;
  /** Announces whether more chunks follow immediately. */
  expectMore?(isMore: boolean): void;
}

/**
 * Collects rows per entity, and sends them as a chunk when they are many or large, or have been pending long enough. If
 * a sink or a listener logs while a chunk is sent, the new rows go into another builder.
 */
export class Batcher {
  config: BatcherConfig;
  readonly writer: ChunkRowWriter = new ChunkRowWriter();
  readonly #clock: Clock;
  readonly #ids: TuidGenerator;
  readonly #target: ChunkTarget;
  readonly #notice: (message: string) => void;
  readonly #pool = new BuilderPool();
  readonly #idle = new IdleMemory();
  /** The entities for which rows were logged. */
  readonly entities: EntityTable = new EntityTable(this.#pool);
  /** The builders that have rows, and the entity of each. */
  #listed: ChunkBuilder[] = [];
  #owners: EntityRows[] = [];
  /** Builders that outer calls of `flush` have yet to send. The process may end inside such a call. */
  readonly #flushing: Iterable<ChunkBuilder>[] = [];
  /** About how much memory the rows of all entities take. */
  #waitingBytes = 0;
  /** Time when the oldest pending row was logged, in milliseconds of the monotonic clock. */
  #waitingSince: number | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /**
   * @param notice is called with warnings, which may repeat
   */
  constructor(
    config: BatcherConfig,
    clock: Clock,
    ids: TuidGenerator,
    target: ChunkTarget,
    notice: (message: string) => void,
  ) {
    this.config = config;
    this.#clock = clock;
    this.#ids = ids;
    this.#target = target;
    this.#notice = notice;
  }

  /** Whether no row is pending, so that the next one is the first of its burst. */
  get isIdle(): boolean {
    return this.#waitingSince === undefined;
  }

  /**
   * Appends a row: checks it and copies it. `now` is the clock's reading for this call. Returns whether there was
   * anything to store. Throws `InvalidValueError`, or the error of user code, and then stores nothing.
   */
  append(entity: EntityRows, data: AsComponents | readonly AsComponents[], time: TimePoint, now: number): boolean {
    if (this.writer.isBusy)
      throw new InvalidValueError("logged after `asComponents` has returned", "a call from inside it", false);
    const { config } = this;
    const { current } = entity;
    let builder = current !== undefined && current.set === time.set ? current : entity.builder(time.set);
    if (builder.rows >= config.chunkMaxRowsIfUnsorted && !builder.isSorted) this.#flushBuilder(builder);
    if (builder.isEmitting) builder = entity.replace(builder);
    if (!this.#writeRow(entity, builder, data, time)) return false;
    if (!builder.isListed) {
      builder.isListed = true;
      this.#listed.push(builder);
      this.#owners.push(entity);
      this.#waitingBytes += BUILDER_BYTES;
    }
    const bytes = builder.byteLength;
    const rowBytes = bytes - builder.countedBytes;
    const isLargeRow = rowBytes >= MAY_BORROW;
    builder.countedBytes = bytes;
    this.#waitingBytes += rowBytes;
    if (bytes >= config.flushNumBytes || builder.rows >= config.flushNumRows || (isLargeRow && builder.isBorrowed)) {
      this.#flushBuilder(builder);
    } else if (this.#waitingSince === undefined) {
      this.#waitingSince = now;
      this.#startTimer();
    }
    const hasWaited = this.#waitingSince !== undefined && now - this.#waitingSince >= config.flushTickMs;
    if (hasWaited || this.#waitingBytes >= MAX_WAITING_BYTES) this.flush();
    return true;
  }

  /** Sends all pending rows, including those that an outer call of `flush` is about to send. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#waitingSince = undefined;
    const listed = this.#listed;
    const owners = this.#owners;
    this.#listed = [];
    this.#owners = [];
    for (const builder of listed) builder.isListed = false;
    // The iterator is shared: the outer call skips the builders that a nested call has sent.
    this.#flushing.push(listed.values());
    this.#target.expectMore?.(true);
    try {
      for (const rest of this.#flushing) for (const builder of rest) this.#flushBuilder(builder);
    } finally {
      this.#flushing.pop();
      this.#target.expectMore?.(false);
    }
    if (listed.length > MIN_SHARING) {
      for (const [index, builder] of listed.entries()) (owners[index] as EntityRows).release(builder);
      this.#pool.limit(2 * listed.length);
    }
    if (this.#listed.length === 0) this.#waitingBytes = 0;
    if (this.entities.size > MAX_IDLE_ENTITIES && this.#listed.length === 0) this.entities.clear();
  }

  /** Sends the pending rows of one entity. */
  flushEntity(entity: EntityRows): void {
    for (const builder of entity.builders) this.#flushBuilder(builder);
  }

  /** Returns whether there was anything to store. */
  #writeRow(
    entity: EntityRows,
    builder: ChunkBuilder,
    data: AsComponents | readonly AsComponents[],
    time: TimePoint,
  ): boolean {
    const { writer } = this;
    builder.isWriting = true;
    try {
      builder.beginRow(time);
      writer.writeRow(builder, data);
      if (builder.isVideo) entity.videoCodec = builder.noteFrame(entity.videoCodec);
      this.#ids.next(this.#clock);
      return builder.endRow(this.#ids);
    } catch (error) {
      builder.rollback();
      throw error;
    } finally {
      builder.isWriting = false;
      const closed = builder.takeClosed();
      if (closed !== undefined) {
        this.#flushBuilder(closed);
        if (writer.notice !== "") this.#notice(writer.notice);
      }
      if (builder.isDue) this.#flushBuilder(builder);
    }
  }

  #flushBuilder(builder: ChunkBuilder): void {
    // User code may call `flush` while a row is read, so the builder only becomes due.
    builder.isDue = builder.isWriting;
    if (builder.rows === 0 || builder.isEmitting || builder.isWriting) return;
    this.#ids.next(this.#clock);
    builder.isEmitting = true;
    try {
      this.#target.send(builder.finish(this.#ids));
    } finally {
      const bytes = builder.countedBytes;
      this.#waitingBytes -= bytes;
      builder.clear();
      builder.isEmitting = false;
      this.#idle.onSent(builder, bytes);
    }
  }

  #startTimer(): void {
    const { flushTickMs } = this.config;
    this.#timer ??= startTimer(() => this.flush(), flushTickMs);
    // A timer would keep a Node process alive. Pending rows are sent when the process ends.
    (this.#timer as { unref?: () => void } | undefined)?.unref?.();
  }
}
