/** How a relay is doing; all numbers are since it began, unless they say what is there now. */
export interface RelayStats {
  /** Readers that there are now, of messages and of tables. */
  readonly readers: number;
  /** Calls of writers that are open now. */
  readonly writers: number;
  /** Connections that there are now. */
  readonly connections: number;
  /** What is kept for later readers now: messages, and their bytes with what each takes besides. */
  readonly heldMessages: number;
  readonly heldBytes: number;
  /** What was taken. */
  readonly receivedMessages: number;
  readonly receivedBytes: number;
  /** What was handed to the connections of all readers. */
  readonly sentBytes: number;
  /** Messages that were there already, and were not taken again. */
  readonly duplicates: number;
  /** Readers that were let go because they were too far behind. */
  readonly droppedReaders: number;
  /** Why, the last time. */
  readonly lastDropReason: string | undefined;
  /** Calls that ended with an error, and requests that were not let in. */
  readonly refused: number;
}

/** Before anything has happened. */
export const EMPTY_STATS: RelayStats = {
  readers: 0,
  writers: 0,
  connections: 0,
  heldMessages: 0,
  heldBytes: 0,
  receivedMessages: 0,
  receivedBytes: 0,
  sentBytes: 0,
  duplicates: 0,
  droppedReaders: 0,
  lastDropReason: undefined,
  refused: 0,
};
