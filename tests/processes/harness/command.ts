import { join } from "node:path";
import type { Readable } from "node:stream";
import type { ProgramEnd } from "./program.ts";

/** The program `rerun-ts`. */
export const CLI: string = join(import.meta.dirname, "../../../packages/cli/dist/main.js");

/** The result of a command of `rerun-ts`. */
export type CommandEnd = Pick<ProgramEnd, "code" | "signal" | "stdout" | "stderr">;

/** A command of `rerun-ts` that was started. It is killed at the end of the test if it still runs. */
export interface Command {
  /** The number of its process. */
  readonly pid: number | undefined;
  readonly stdout: Readable;
  readonly ended: Promise<CommandEnd>;
  kill(signal: NodeJS.Signals): void;
}
