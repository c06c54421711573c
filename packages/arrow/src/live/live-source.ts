import type { SinkState, StoreId } from "@rerun-ts/core";

/** A message of a recording that is still being logged. */
export interface LiveMessage {
  /** Identity of the recording. */
  readonly kind: "storeInfo" | "chunk" | "activation";
  /** Its store. */
  readonly storeId: StoreId;
  /** The message as it is in a file. */
  readonly payload: Uint8Array;
  /** Whether it is a chunk without times. */
  readonly isStatic?: boolean | undefined;
}

/** Messages in memory, such as a `MemorySink` has them. */
export interface LiveBuffer {
  /** All messages, oldest first. */
  readMessages(): readonly LiveMessage[];
  /** Its state. In the states `closed` and `broken`, no more data comes. */
  stats(): { readonly state: SinkState };
}

/** Growing source: a `MemorySink`, or messages as `readMessages` of `@rerun-ts/web/read` yields them. */
export type LiveSource = LiveBuffer | AsyncIterable<LiveMessage>;
