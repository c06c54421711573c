import type { StatusReport } from "@rerun-ts/node/status";

/** The services of `rerun-ts` for the code of a command. */
export interface CommandContext {
  /** The error for a command line that is wrong: the program exits with status 2. */
  readonly usageError: (message: string) => Error;
  /**
   * Prints a line for people on standard output. Control characters are escaped, as in all lines of the context:
   * producers choose ids, and a terminal would obey these characters.
   */
  readonly print: (line: string) => void;
  /** Prints a line about a problem on standard error, after the name of the program. */
  readonly warn: (line: string) => void;
  /** Shows a line on a terminal, and refreshes it. Returns a function that removes the line. */
  readonly showStatus: (describe: () => string) => () => void;
  /** Serves the state of the command, if its flags ask for that. Rejects if the address is in use. */
  readonly serveStatus: (report: () => StatusReport) => Promise<{ stop(): Promise<void> } | undefined>;
  /** A value as JSON, with errors as their messages. */
  readonly toJson: (value: unknown, indent?: number) => string;
}
