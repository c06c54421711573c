/** Options of `OpfsRecording.messages`. */
export interface OpfsMessagesOptions {
  /** Whether to go on with what is written later, until the loop is left or `signal` fires. Default `false`. */
  follow?: boolean | undefined;
  /** Aborts the reading. Default: none. */
  signal?: AbortSignal | undefined;
}
