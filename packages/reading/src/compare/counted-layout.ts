import { getOrAdd } from "@rerun-ts/core/util";
import type { ChunkColumn, ChunkLayout } from "../store/chunk-data.ts";

/** The timelines and components of a layout that count, sorted by name. */
export interface CountedLayout {
  readonly isStatic: boolean;
  readonly timelines: readonly ChunkColumn[];
  readonly components: readonly ChunkColumn[];
  /** The names of the timelines. Rows can only have the same times if these are the same. */
  readonly timelineNames: string;
}

/** Chooses the columns that count, once for each layout, which many chunks share. */
export class CountedLayouts {
  readonly #counts: (name: string) => boolean;
  readonly #known = new WeakMap<ChunkLayout, CountedLayout>();

  /** @param counts whether a timeline or a component counts */
  constructor(counts: (name: string) => boolean) {
    this.#counts = counts;
  }

  /** The columns of a layout that count. */
  of(layout: ChunkLayout): CountedLayout {
    return getOrAdd(this.#known, layout, () => {
      const timelines = this.#counted(layout.timelines);
      const timelineNames = timelines.map(({ name }) => `${name}\0`).join("");
      const isStatic = layout.timelines.length === 0;
      return { isStatic, timelines, components: this.#counted(layout.components), timelineNames };
    });
  }

  #counted(columns: readonly ChunkColumn[]): readonly ChunkColumn[] {
    return columns.filter(({ name }) => this.#counts(name)).sort((a, b) => (a.name < b.name ? -1 : 1));
  }
}
