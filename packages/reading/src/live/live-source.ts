import type { SinkState, StoreId } from "@rerun-ts/core";

/** A message of a recording that is still being logged. */
export interface LiveMessage {
  /** Identity of the recording. */
  readonly kind: "storeInfo" | "chunk" | "activation";
  /** The recording or blueprint to which the message belongs. */
  readonly storeId: StoreId;
  /** The message in its form for files. */
  readonly payload: Uint8Array;
  /** Whether the message is a chunk without times. */
  readonly isStatic?: boolean | undefined;
}

/** Messages in memory, such as those of a `MemorySink`. */
export interface LiveBuffer {
  /** All messages, oldest first. */
  readMessages(): readonly LiveMessage[];
  /** The state of the source. In the states `closed` and `broken`, no more data arrives. */
  stats(): { readonly state: SinkState };
}

/** Growing source: a `MemorySink`, or messages as `readMessages` of `@rerun-ts/web/read` yields them. */
export type LiveSource = LiveBuffer | AsyncIterable<LiveMessage>;
