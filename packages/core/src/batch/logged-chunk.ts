import { compareStrings } from "../collections/compare-strings.ts";
import type { ListBuilder } from "../arrow/builder/nested-builders.ts";
import type { Int64 } from "../time/int64.ts";
import type { Timeline } from "../time/timeline.ts";
import type { ComponentDescriptor, ComponentField } from "./component.ts";
import type { Tuid } from "./tuid.ts";

/** The times of a chunk's rows on one timeline. */
export interface ChunkTimes {
  readonly timeline: Timeline;
  /** The times as little-endian 64-bit integers. */
  readonly bytes: Uint8Array;
  /** Whether no time is smaller than the one before. */
  readonly isSorted: boolean;
  /** The smallest time. */
  readonly start: Int64;
  /** The largest time. */
  readonly end: Int64;
}

/** One component of a chunk's rows. */
export interface ChunkComponent {
  readonly field: ComponentField;
  /** One list of instances per row. Rows outside the range of the chunk belong to other chunks. */
  readonly cells: ListBuilder;
}

/**
 * Rows of one entity, column by column, ready to be encoded.
 *
 * A chunk owns no memory. It refers to memory that the batcher or the columns of `sendColumns` reuse, so it is valid
 * only during the call that receives it. That call must encode the chunk before returning.
 */
export interface LoggedChunk {
  readonly id: Tuid;
  /** The canonical path of the entity. */
  readonly entityPath: string;
  /** The first of the components' rows that belongs to this chunk. */
  readonly from: number;
  /** The first of the components' rows after this chunk. */
  readonly to: number;
  /** The row ids, 16 bytes each, big-endian. */
  readonly rowIds: Uint8Array;
  /** The times, sorted by the names of the timelines. Empty in a static chunk. */
  readonly times: readonly ChunkTimes[];
  /** The components, sorted by {@link compareDescriptors}. */
  readonly components: readonly ChunkComponent[];
  /** For frames of a video: whether a decoder can start at the first one. `undefined` if that is unknown. */
  readonly startsGroup?: boolean | undefined;
}

/** Compares components by archetype, name and component type, the order in Rerun's chunks and footers. */
export function compareDescriptors(a: ComponentDescriptor, b: ComponentDescriptor): number {
  // Components without archetype or component type come first.
  return (
    compareStrings(a.archetype ?? "", b.archetype ?? "") ||
    compareStrings(a.component, b.component) ||
    compareStrings(a.componentType ?? "", b.componentType ?? "")
  );
}
