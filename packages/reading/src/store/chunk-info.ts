import type { DataType } from "apache-arrow";

/** A range of times, both inclusive. */
export interface TimeSpan {
  /** The first time, as a number or in nanoseconds. */
  readonly start: bigint;
  /** The last time, inclusive. */
  readonly end: bigint;
}

/** Facts about a component in a chunk: the number of rows that are not null, and their times for each timeline. */
export interface ComponentSpan {
  /** The number of rows that have the component. */
  readonly rows: number;
  /** The times of these rows, by timeline. */
  readonly times: ReadonlyMap<string, TimeSpan>;
}

/** The index entry of a chunk: enough to know whether a query needs its rows. */
export interface ChunkInfo {
  /** The id: 32 hexadecimal digits. */
  readonly id: string;
  /** The canonical path of the entity. */
  readonly entityPath: string;
  /** The number of rows. */
  readonly rows: number;
  /** The times of all rows, by timeline. Empty in a static chunk. */
  readonly timelines: ReadonlyMap<string, TimeSpan>;
  /** The components that have a value, by name. */
  readonly components: ReadonlyMap<string, ComponentSpan>;
  /** Offset and size of the message in the source. */
  readonly place: { readonly offset: number; readonly length: number };
}

/** A component of an entity: one column of a recording. */
export interface ComponentColumn {
  /** The name in tables, e.g. `/camera:Points3D:positions`. */
  readonly name: string;
  /** The canonical path of the entity. */
  readonly entityPath: string;
  /** The component, e.g. `Points3D:positions`. */
  readonly component: string;
  /** The archetype it belongs to, if any, e.g. `rerun.archetypes.Points3D`. */
  readonly archetype: string | undefined;
  /** Component type, if known, e.g. `rerun.components.Position3D`. */
  readonly componentType: string | undefined;
  /** The Arrow type: a list of instances for each row. */
  readonly type: DataType;
  /** Whether the column has static values, which hide all others. */
  readonly isStatic: boolean;
  /** Whether the column marks cleared components. */
  readonly isTombstone: boolean;
  /** Whether the column has no instance in any row. */
  readonly isSemanticallyEmpty: boolean;
}

/** A timeline of a recording. */
export interface IndexColumn {
  /** The name of the timeline. */
  readonly name: string;
  /** The Arrow type: int64, timestamp or duration in nanoseconds. */
  readonly type: DataType;
}
