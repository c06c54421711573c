import { checkOptions } from "../checks/check-arguments.ts";
import { nonNegative } from "../checks/option-names.ts";
import { invalidArgument } from "../checks/invalid-value-error.ts";
import type { FlightDump } from "./flight-dump.ts";

/** The dump of a ring on disk that a process or a page has left. */
export interface RecoveredDump extends FlightDump {
  /** The time of its last row. */
  readonly endedAt: Date;
  /** Removes the ring from the disk. Until then it is offered again. */
  discard(this: void): Promise<void>;
}

/** Options of `FlightRecorder.recover`. */
export interface RecoverOptions {
  /** The option `spool` of the recorder. */
  spool: string;
  /** The maximum age of the last row, in seconds. Older rings are not offered. Default: no limit. */
  maxAge?: number | undefined;
}

/** The reason of a recovered dump. */
export const RECOVERED_REASON = "the program ended without closing its recording";

/** Options of `FlightRecorder.discard`. */
export type DiscardOptions = Pick<RecoverOptions, "spool">;

/** Checks the options. @throws {TypeError} naming the wrong one */
export function checkRecoverOptions(options: RecoverOptions): { readonly spool: string; readonly maxAgeMs: number } {
  checkOptions("FlightRecorder.recover", options, { spool: 1, maxAge: 1 });
  return { spool: spoolOf(options), maxAgeMs: nonNegative("maxAge", options.maxAge ?? Infinity) * 1000 };
}

/** Checks the options. Returns the spool. @throws {TypeError} naming the wrong one */
export function checkDiscardOptions(options: DiscardOptions): string {
  checkOptions("FlightRecorder.discard", options, { spool: 1 });
  return spoolOf(options);
}

function spoolOf(options: DiscardOptions | undefined): string {
  const spool = options?.spool;
  if (typeof spool === "string" && spool !== "") return spool;
  throw invalidArgument("spool", "the spool of a recorder", spool);
}
