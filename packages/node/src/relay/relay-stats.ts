/** Statistics of a relay. The first five describe its present state, the others count since its start. */
export interface RelayStats {
  /** The number of readers, of messages and of tables. */
  readonly readers: number;
  /** The number of calls and WebSockets of logging clients. */
  readonly writers: number;
  /** The number of connections. */
  readonly connections: number;
  /** The number of messages retained for later readers. */
  readonly heldMessages: number;
  /** The size of the retained messages in bytes, including 512 bytes of overhead for each. */
  readonly heldBytes: number;
  /** The number of accepted messages. */
  readonly receivedMessages: number;
  /** The size of the accepted messages in bytes. */
  readonly receivedBytes: number;
  /** The number of bytes passed to the connections of all readers. */
  readonly sentBytes: number;
  /** The number of ignored duplicates of messages. */
  readonly duplicates: number;
  /** The number of readers disconnected because they were too slow. */
  readonly droppedReaders: number;
  /** The reason for the last of them, or `undefined` if there was none. */
  readonly lastDropReason: string | undefined;
  /** The number of failed calls and of rejected requests. */
  readonly refused: number;
}

/** The statistics of a relay that has not started. */
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
