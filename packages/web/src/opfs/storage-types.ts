import type { DropReason, RerunErrorCode } from "@rerun-ts/core";
import type { OpfsArea } from "./opfs-paths.ts";

export interface OpfsStorageOptions {
  readonly area: OpfsArea;
  /** The name of the storage in messages. */
  readonly name: string;
  /** The name of the folder. */
  readonly folder: string;
  /** Whether data of earlier pages is continued or removed. */
  readonly ifExists: "append" | "replace";
  readonly segmentBytes: number;
  readonly segmentMs: number;
  readonly maxBytes: number;
  readonly maxAgeMs: number;
  /** Policy when the limits or the quota are reached. */
  readonly onFull: "error" | "drop-oldest";
}

/** Data that was removed to make room. */
export interface EvictedData {
  readonly bytes: number;
  /** `undefined` for data of an earlier page: the rows are in `rrd`. */
  readonly rows: number | undefined;
  readonly rrd?: Uint8Array<ArrayBuffer> | undefined;
  /** The ids of its first and last messages. */
  readonly firstId: number;
  readonly lastId: number;
  readonly reason: DropReason;
  /** Whether the storage was full, and not only a limit of the options reached. */
  readonly isForced: boolean;
  /** The retention key of a message of the retained state. */
  readonly key?: string | undefined;
}

/** A message that is not in the storage. */
export interface UnstoredData {
  readonly id: number;
  /** The retention key of a message of the retained state. */
  readonly key?: string | undefined;
  readonly rows: number;
  readonly bytes: number;
}

/** A part of the data. */
export interface StoredSegment {
  readonly rrd: Uint8Array<ArrayBuffer>;
  readonly lastId: number;
}

export interface OpfsStorageEvents {
  /** There is data of an earlier page, or of a page that was closed. */
  onFound(bytes: number): void;
  onEvicted(evicted: EvictedData): void;
  onUnstored(unstored: UnstoredData): void;
  onWarning(message: string): void;
  /** Messages cannot be stored, for this reason. Reported once until they can. */
  onFailure(error: StorageError): void;
  /** Messages can be stored again. */
  onWorking(): void;
}

/** An error with its code for users. */
export class StorageError extends Error {
  readonly code: RerunErrorCode;

  constructor(code: RerunErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
