import type { EncodedMessage } from "@rerun-ts/web";

/** What a program's worker posts to the page. */
export type FromProgram =
  /** A message of one of its recordings. */
  | { readonly type: "message"; readonly message: EncodedMessage }
  /** What it has written to the console. */
  | { readonly type: "console"; readonly level: ConsoleLevel; readonly text: string }
  /** It has failed; `line` is that of the JavaScript, from 1, if it is known. */
  | { readonly type: "failed"; readonly text: string; readonly line: number | undefined }
  /** It has come to its end, and what it has logged was posted. Its timers may continue. */
  | { readonly type: "finished" };

/** How important a line of the console is. */
export type ConsoleLevel = "log" | "warn" | "error";
