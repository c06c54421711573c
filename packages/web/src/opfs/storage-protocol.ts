import type { RerunErrorCode } from "@rerun-ts/core";
import type { StoredMessage } from "@rerun-ts/core/storage";
import type { EvictedData, OpfsStorageOptions, StoredSegment, UnstoredData } from "./storage-types.ts";

/** Requests of a page to the worker with its storage. */
export type ToStorage =
  | { readonly type: "open"; readonly version: string; readonly options: OpfsStorageOptions }
  | {
      readonly type: "append";
      readonly items: readonly AppendedItem[];
      readonly bytes: number;
      readonly returns: boolean;
    }
  | { readonly type: "flush"; readonly call: number }
  | { readonly type: "read"; readonly call: number; readonly after: number }
  | { readonly type: "claim"; readonly id: number }
  | { readonly type: "seal" }
  | { readonly type: "release"; readonly id: number }
  | { readonly type: "close"; readonly call: number; readonly isEmpty: boolean };

/** A message to be stored. */
export interface AppendedItem {
  readonly id: number;
  readonly message: StoredMessage;
}

/** Reports of the worker. The first one is `started`, as soon as its program runs. */
export type FromStorage =
  | { readonly type: "started"; readonly version: string }
  | { readonly type: "opened" }
  | { readonly type: "refused"; readonly code: RerunErrorCode; readonly message: string }
  | { readonly type: "written"; readonly bytes: number; readonly payloads: readonly Uint8Array<ArrayBuffer>[] }
  | { readonly type: "done"; readonly call: number; readonly segment?: StoredSegment | undefined }
  | { readonly type: "found"; readonly bytes: number }
  | { readonly type: "evicted"; readonly evicted: EvictedData }
  | { readonly type: "unstored"; readonly unstored: UnstoredData }
  | { readonly type: "warning"; readonly message: string }
  | { readonly type: "failure"; readonly code: RerunErrorCode; readonly message: string }
  | { readonly type: "working" };
