import { getOrAdd } from "../collections/get-or-add.ts";
import type { TimelineSet } from "../time/timeline.ts";
import type { BuilderPool } from "./builder-pool.ts";
import type { ChunkBuilder } from "./chunk-builder.ts";

/** Above this number of timeline sets at one entity, the builders without rows are removed. */
const MAX_IDLE_SETS = 64;

/** The pending rows of one entity. */
export class EntityRows {
  /** The canonical path. */
  readonly path: string;
  /** The builder of the last row. */
  current: ChunkBuilder | undefined;
  /** The codec of the entity's video stream, as Rerun's number, if it was logged. */
  videoCodec: number | undefined;
  readonly #pool: BuilderPool;
  /** The builders by their timelines. Entities without builders have no map, because there may be many entities. */
  #builders: Map<TimelineSet, ChunkBuilder> | undefined;
  /** The number of builders that triggers the removal of those without rows. */
  #maxBuilders = MAX_IDLE_SETS;

  constructor(path: string, pool: BuilderPool) {
    this.path = path;
    this.#pool = pool;
  }

  /** The builder of rows with these timelines. */
  builder(set: TimelineSet): ChunkBuilder {
    const builders = (this.#builders ??= new Map<TimelineSet, ChunkBuilder>());
    if (builders.size > this.#maxBuilders) this.#removeIdle(builders);
    return (this.current = getOrAdd(builders, set, () => this.#pool.take(this.path, set)));
  }

  /** Replaces a builder whose rows are being sent. */
  replace(builder: ChunkBuilder): ChunkBuilder {
    const next = builder.spare ?? this.#pool.take(this.path, builder.set);
    next.spare = builder;
    builder.spare = undefined;
    this.#builders?.set(builder.set, next);
    this.current = next;
    return next;
  }

  /** Gives a builder back to the pool, unless it is in use. */
  release(builder: ChunkBuilder): void {
    const { set, rows, isListed, isEmitting, isWriting } = builder;
    if (rows > 0 || isListed || isEmitting || isWriting || this.#builders?.get(set) !== builder) return;
    this.#builders.delete(set);
    if (this.#builders.size === 0) this.#builders = undefined;
    if (this.current === builder) this.current = undefined;
    builder.spare = undefined;
    this.#pool.give(builder);
  }

  /** The builders of all timelines. */
  get builders(): Iterable<ChunkBuilder> {
    return this.#builders?.values() ?? [];
  }

  /** Removes the builders without rows: a program may use ever new timelines. */
  #removeIdle(builders: Map<TimelineSet, ChunkBuilder>): void {
    for (const [set, { rows, isEmitting, isWriting }] of builders)
      if (rows === 0 && !isEmitting && !isWriting) builders.delete(set);
    this.#maxBuilders = Math.max(MAX_IDLE_SETS, 2 * builders.size);
  }
}
