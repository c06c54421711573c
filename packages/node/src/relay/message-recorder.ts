import type { RelayMessage } from "./relay-message.ts";
import type { RelayStore } from "./relay-store.ts";

/** A recorder, which stores every message before it is acknowledged. The relay calls all methods in its thread. */
export interface MessageRecorder {
  /** The last reason why added messages were not stored. */
  readonly failure: Error | undefined;
  /** The number of times that added messages could not be stored. */
  readonly failures: number;
  /**
   * Prepares the next message of a store, or of none. Returns the reason if such messages cannot be stored: the relay
   * rejects them, and goes on with those of other stores.
   */
  prepare(store: RelayStore | undefined): Error | undefined;
  /** Adds a message, which must be stored by the next call of {@link store}. */
  add(message: RelayMessage): void;
  /** Stores all added messages. Settles when they may be acknowledged. Never rejects: see `failure`. */
  store(): Promise<void> | undefined;
}
