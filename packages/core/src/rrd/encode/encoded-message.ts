import type { ArrowType } from "../../arrow/arrow-type.ts";
import type { ComponentDescriptor } from "../../batch/component.ts";
import type { Tuid } from "../../batch/tuid.ts";
import type { Int64 } from "../../time/int64.ts";
import type { Timeline } from "../../time/timeline.ts";

/** The identity of a store: a recording, or a blueprint of an application. */
export interface StoreId {
  /** Whether the store is a recording or a blueprint. */
  readonly kind: "recording" | "blueprint";
  /** The application that logs, such as `helix`. Its recordings share a blueprint. */
  readonly applicationId: string;
  /** The id of the recording, or of the blueprint. */
  readonly recordingId: string;
}

/** The entry of a component in the manifest of a chunk. */
export interface ManifestComponent {
  /** The component, with its archetype and type. */
  readonly descriptor: ComponentDescriptor;
  /** The Arrow type of one instance. */
  readonly arrow: ArrowType;
  /** The number of rows in which the component is not null. */
  readonly rows: number;
  /** Whether the component is null or an empty list in every row. */
  readonly isEmpty: boolean;
  /** The smallest and the largest time with a value, for each timeline of the chunk. */
  readonly ranges: readonly ManifestRange[];
}

/** The smallest and the largest time on a timeline, both inclusive. */
export interface ManifestRange {
  /** The first time. */
  readonly start: Int64;
  /** The last time, inclusive. */
  readonly end: Int64;
}

/**
 * A summary of a chunk for the footer of a file: its entity, times and components.
 *
 * It is created together with the message, so no sink needs to decode chunks to write a footer, and it has no
 * references to the chunk's memory. In the footer a manifest becomes one row of a table: see `ManifestBuilder`.
 */
export interface ChunkManifest {
  /** The canonical path of the entity. */
  readonly entityPath: string;
  /** The number of rows. */
  readonly rows: number;
  /** The size of the Arrow data before compression, in bytes. */
  readonly uncompressedSize: number;
  /** The timelines. A static chunk has none. */
  readonly timelines: readonly Timeline[];
  /** The range of all rows, for each of the timelines. */
  readonly ranges: readonly ManifestRange[];
  /** The components with data in the chunk, in the order of its columns. */
  readonly components: readonly ManifestComponent[];
  /**
   * For frames of a video: whether a decoder can start at the first one. `undefined` for other data, and if that is
   * unknown.
   */
  readonly startsGroup?: boolean | undefined;
}

/**
 * A message of a recording, encoded once for all sinks.
 *
 * A message must not be changed. A sink may keep it, unless the sink is synchronous: then the memory of `payload` is
 * reused after `send`. The payload has no frame. Each format and protocol adds its own.
 */
export interface EncodedMessage {
  /** The kind: the info of a new store, rows of one entity, or the end of a blueprint. */
  readonly kind: "storeInfo" | "chunk" | "activation";
  /** The recording or blueprint to which the message belongs. */
  readonly storeId: StoreId;
  /** The protobuf message: `SetStoreInfo`, `ArrowMsg` or `BlueprintActivationCommand`. */
  readonly payload: Uint8Array<ArrayBuffer>;
  /**
   * Whether the message has no times: static data, and all messages other than chunks. Full queues drop static data
   * last.
   */
  readonly isStatic: boolean;
  /** The id of the chunk. Only chunks have one. */
  readonly chunkId?: Tuid | undefined;
  /** The summary of the chunk. Only chunks have one. */
  readonly manifest?: ChunkManifest | undefined;
}
