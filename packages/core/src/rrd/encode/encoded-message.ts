import type { ArrowType } from "../../arrow/arrow-type.ts";
import type { ComponentDescriptor } from "../../batch/component.ts";
import type { Tuid } from "../../batch/tuid.ts";
import type { Int64 } from "../../time/int64.ts";
import type { Timeline } from "../../time/timeline.ts";

/** Names a store: a recording, or a blueprint for one. */
export interface StoreId {
  readonly kind: "recording" | "blueprint";
  readonly applicationId: string;
  readonly recordingId: string;
}

/** What a file's footer tells of a component of a chunk. */
export interface ManifestComponent {
  readonly descriptor: ComponentDescriptor;
  /** The Arrow type of one instance. */
  readonly arrow: ArrowType;
  /** In how many rows it is not null. */
  readonly rows: number;
  /** Whether it is null or an empty list in every row. */
  readonly isEmpty: boolean;
  /** The first and last time with a value, for each timeline of the chunk. */
  readonly ranges: readonly ManifestRange[];
}

/** The first and last time on a timeline, both inclusive. */
export interface ManifestRange {
  readonly start: Int64;
  readonly end: Int64;
}

/** What a file's footer tells of a chunk, so that no sink needs to decode it. */
export interface ChunkManifest {
  readonly entityPath: string;
  readonly rows: number;
  /** The size of the Arrow data before compression. */
  readonly uncompressedSize: number;
  readonly timelines: readonly Timeline[];
  readonly ranges: readonly ManifestRange[];
  readonly components: readonly ManifestComponent[];
}

/** A message of a recording, encoded once for all sinks. Read-only: the recording owns the memory. */
export interface EncodedMessage {
  readonly kind: "storeInfo" | "chunk" | "activation";
  readonly storeId: StoreId;
  /** The protobuf message: `SetStoreInfo`, `ArrowMsg` or `BlueprintActivationCommand`. */
  readonly payload: Uint8Array<ArrayBuffer>;
  /** Whether it is data without time, which later data never replaces. */
  readonly isStatic: boolean;
  readonly chunkId?: Tuid | undefined;
  readonly manifest?: ChunkManifest | undefined;
}
