import type { StatusReport } from "@rerun-ts/node/status";

/** The services of `rerun-ts` for the code of a command. */
export interface CommandContext {
  /** The error for a command line that is wrong: the program exits with status 2. */
  readonly usageError: (message: string) => Error;
  /** Shows a line on a terminal, and refreshes it. Returns a function that removes the line. */
  readonly showStatus: (describe: () => string) => () => void;
  /** Serves the state of the command, if its flags ask for that. Rejects if the address is in use. */
  readonly serveStatus: (report: () => StatusReport) => Promise<{ stop(): Promise<void> } | undefined>;
  /** A value as JSON, with errors as their messages. */
  readonly toJson: (value: unknown, indent?: number) => string;
}
