import { InvalidValue } from "../invalid-value.ts";
import type { Clock } from "../time/clock.ts";
import type { TimePoint } from "../time/time-point.ts";
import type { TimelineSet } from "../time/timeline.ts";
import type { BatcherConfig } from "./batcher-config.ts";
import { ChunkBuilder } from "./chunk-builder.ts";
import type { Chunk } from "./chunk.ts";
import type { AsComponents } from "./component.ts";
import { ChunkRowWriter, TypeConflict } from "./row-writer.ts";
import type { TuidGenerator } from "./tuid.ts";

/** From here on a row may hold a caller's memory instead of a copy. */
const MAY_BORROW = 64 * 1024;
/** All rows leave when those of all entities together take this many bytes. */
const MAX_WAITING_BYTES = 64 * 1024 * 1024;
/** What the rows of one entity take besides their bytes: buffers have room to grow. */
const BUILDER_BYTES = 4096;
/** With more entities than this, those without rows are forgotten at the next flush. */
const MAX_IDLE_ENTITIES = 10_000;

/** The rows of one entity that have not left yet. */
export class EntityRows {
  /** The canonical text of the path. */
  readonly path: string;
  /** The builder that took the last row. */
  current: ChunkBuilder | undefined;
  readonly #builders = new Map<TimelineSet, ChunkBuilder>();

  constructor(path: string) {
    this.path = path;
  }

  /** The builder of rows with these timelines. */
  builder(set: TimelineSet): ChunkBuilder {
    let builder = this.#builders.get(set);
    if (builder === undefined) this.#builders.set(set, (builder = new ChunkBuilder(this.path, set)));
    this.current = builder;
    return builder;
  }
}

/** Collects rows per entity and lets them go as chunks: when they are many, or large, or have waited long enough. */
export class Batcher {
  config: BatcherConfig;
  readonly writer: ChunkRowWriter = new ChunkRowWriter();
  readonly #clock: Clock;
  readonly #ids: TuidGenerator;
  readonly #emit: (chunk: Chunk) => void;
  readonly #notice: (message: string) => void;
  readonly #entities = new Map<string, EntityRows>();
  #listed: ChunkBuilder[] = [];
  /** About how much memory the rows of all entities take. */
  #waitingBytes = 0;
  /** When the oldest row that waits was logged, in milliseconds of the monotonic clock. */
  #waitingSince: number | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /**
   * `emit` is given each chunk, whose memory is used again when it returns; `notice` what deserves attention, which may
   * be the same again and again.
   */
  constructor(
    config: BatcherConfig,
    clock: Clock,
    ids: TuidGenerator,
    emit: (chunk: Chunk) => void,
    notice: (message: string) => void,
  ) {
    this.config = config;
    this.#clock = clock;
    this.#ids = ids;
    this.#emit = emit;
    this.#notice = notice;
  }

  /** The rows of the entity at this canonical path. */
  entity(path: string): EntityRows {
    let entity = this.#entities.get(path);
    if (entity === undefined) this.#entities.set(path, (entity = new EntityRows(path)));
    return entity;
  }

  /**
   * Appends a row; it is checked and copied here. `now` is the clock's reading for this call. Returns whether
   * there was anything to store. Throws `InvalidValue`, and then nothing is stored.
   */
  append(entity: EntityRows, data: AsComponents | readonly AsComponents[], time: TimePoint, now: number): boolean {
    if (this.writer.isBusy)
      throw new InvalidValue("logged after `asComponents` has returned", "a call from inside it", false);
    const { config } = this;
    const current = entity.current;
    const builder = current !== undefined && current.set === time.set ? current : entity.builder(time.set);
    if (builder.rows >= config.chunkMaxRowsIfUnsorted && !builder.isSorted) this.#flushBuilder(builder);
    this.#writeRow(builder, data);
    this.#ids.next(this.#clock);
    if (!builder.endRow(this.#ids, time)) return false;
    if (!builder.isListed) {
      builder.isListed = true;
      this.#listed.push(builder);
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

  /** Lets all rows go. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#waitingSince = undefined;
    const listed = this.#listed;
    this.#listed = [];
    for (const builder of listed) {
      builder.isListed = false;
      if (builder.rows > 0) this.#flushBuilder(builder);
    }
    this.#waitingBytes = 0;
    this.#clock.resync();
    if (this.#entities.size > MAX_IDLE_ENTITIES && this.#listed.length === 0) this.#entities.clear();
  }

  #writeRow(builder: ChunkBuilder, data: AsComponents | readonly AsComponents[]): void {
    try {
      this.writer.writeRow(builder, data);
    } catch (error) {
      builder.rollback();
      if (!(error instanceof TypeConflict)) throw error;
      if (builder.rows > 0) this.#flushBuilder(builder);
      builder.forgetColumns();
      this.#retryRow(builder, data);
      if (error.message !== "") this.#notice(error.message);
    }
  }

  /** The columns have just been given up: another conflict is within the row. */
  #retryRow(builder: ChunkBuilder, data: AsComponents | readonly AsComponents[]): void {
    try {
      this.writer.writeRow(builder, data);
    } catch (error) {
      builder.rollback();
      throw error instanceof TypeConflict
        ? new InvalidValue("given once per row", "a second time, with another type", false)
        : error;
    }
  }

  #flushBuilder(builder: ChunkBuilder): void {
    this.#ids.next(this.#clock);
    try {
      this.#emit(builder.finish(this.#ids));
    } finally {
      this.#waitingBytes -= builder.countedBytes;
      builder.clear();
    }
  }

  #startTimer(): void {
    const { flushTickMs } = this.config;
    if (this.#timer !== undefined || flushTickMs === Infinity) return;
    this.#timer = setTimeout(() => this.flush(), flushTickMs);
    // On Node a timer keeps the process alive; rows that wait are written when it ends.
    (this.#timer as { unref?: () => void }).unref?.();
  }
}
