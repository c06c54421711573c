import type { EncodedMessage } from "@rerun-ts/core";

/** The messages that a program's worker posts to the page. */
export type FromProgram =
  /** A message of one of the program's recordings. */
  | { readonly type: "message"; readonly message: EncodedMessage }
  /** Text that the program has written to the console. */
  | { readonly type: "console"; readonly level: ConsoleLevel; readonly text: string }
  /** The program has failed; `line` is a line of the JavaScript, from 1, if it is known. */
  | { readonly type: "failed"; readonly text: string; readonly line: number | undefined }
  /**
   * The program has come to its end, and the worker has posted all logged messages. The program's timers may continue.
   */
  | { readonly type: "finished" };

/** How important a line of the console is. */
export type ConsoleLevel = "log" | "warn" | "error";
