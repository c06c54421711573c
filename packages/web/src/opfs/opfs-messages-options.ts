/** Options of `OpfsRecording.messages`. */
export interface OpfsMessagesOptions {
  /** Whether to continue with later messages, until the loop is left or `signal` fires. Default `false`. */
  follow?: boolean | undefined;
  /** Aborts the reading. Default: none. */
  signal?: AbortSignal | undefined;
}
