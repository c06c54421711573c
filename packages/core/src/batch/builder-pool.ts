import { getOrAdd } from "../collections/get-or-add.ts";
import type { TimelineSet } from "../time/timeline.ts";
import { ChunkBuilder } from "./chunk-builder.ts";

/**
 * Builders without rows, for any entity: where there are many entities, memory depends on how many have pending rows,
 * and not on how many there are.
 */
export class BuilderPool {
  readonly #idle = new Map<TimelineSet, ChunkBuilder[]>();
  #count = 0;

  /** A builder for rows with these timelines. */
  take(entityPath: string, set: TimelineSet): ChunkBuilder {
    const builder = this.#idle.get(set)?.pop();
    if (builder === undefined) return new ChunkBuilder(entityPath, set);
    this.#count--;
    builder.entityPath = entityPath;
    return builder;
  }

  /** Takes back a builder without rows. Its entity must not use the builder any more. */
  give(builder: ChunkBuilder): void {
    getOrAdd(this.#idle, builder.set, () => []).push(builder);
    this.#count++;
  }

  /** Removes all builders if there are more than `most`. */
  limit(most: number): void {
    if (this.#count <= most) return;
    this.#idle.clear();
    this.#count = 0;
  }
}
