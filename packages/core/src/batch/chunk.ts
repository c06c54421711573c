import { compareText } from "../compare-text.ts";
import type { ListBuilder } from "../arrow/builder/nested-builders.ts";
import type { Int64 } from "../time/int64.ts";
import type { Timeline } from "../time/timeline.ts";
import type { ComponentDescriptor, ComponentField } from "./component.ts";
import type { Tuid } from "./tuid.ts";

/** The times of a chunk's rows on one timeline. */
export interface ChunkTimes {
  readonly timeline: Timeline;
  /** Little-endian 64-bit integers. */
  readonly bytes: Uint8Array;
  readonly isSorted: boolean;
  readonly start: Int64;
  readonly end: Int64;
}

/** One component of a chunk's rows. */
export interface ChunkComponent {
  readonly field: ComponentField;
  /** One list of instances per row; rows outside the chunk's range are of other chunks. */
  readonly cells: ListBuilder;
}

/** Rows of one entity, column by column, ready to be encoded. The memory is the batcher's, valid until it goes on. */
export interface Chunk {
  readonly id: Tuid;
  /** The canonical text of the entity's path. */
  readonly entityPath: string;
  /** The rows of the components that belong to this chunk: `from` up to, not including, `to`. */
  readonly from: number;
  readonly to: number;
  /** Big-endian row ids. */
  readonly rowIds: Uint8Array;
  /** Sorted by name; none in a static chunk. */
  readonly times: readonly ChunkTimes[];
  /** Sorted as Rerun does: by archetype, component, component type. */
  readonly components: readonly ChunkComponent[];
}

/** The order of components in a chunk and in a footer. */
export function compareDescriptors(a: ComponentDescriptor, b: ComponentDescriptor): number {
  // What is absent comes first.
  return (
    compareText(a.archetype ?? "", b.archetype ?? "") ||
    compareText(a.component, b.component) ||
    compareText(a.componentType ?? "", b.componentType ?? "")
  );
}
