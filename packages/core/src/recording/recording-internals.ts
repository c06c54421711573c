import { VERSION } from "../version.ts";
import { invalidArgument } from "../checks/invalid-value-error.ts";
import type { RerunErrorCode } from "../errors/rerun-error.ts";
import type { EventHub } from "./events.ts";
import type { MessageDispatcher } from "./message-dispatcher.ts";
import type { RowLog } from "./row-log.ts";

/** Internals of a recording, for the sibling packages. */
export interface RecordingInternals {
  /** The rows and times of the recording. */
  readonly log: RowLog;
  /** Reports something that deserves attention, but is not a failure. */
  notice(message: string, code?: RerunErrorCode): void;
  /** Reports the failure of a promise like that of `setSinks`, so that callers need not await the returned promise. */
  reported<T>(promise: Promise<T>): Promise<T>;
  readonly events: EventHub;
  readonly dispatcher: MessageDispatcher;
}

/** A symbol, so that users do not see the internals in completion lists. All copies of this version have the same. */
const INTERNALS = Symbol.for(`rerun-ts.internals.${VERSION}`);

/** Registers the internals of a recording. Each recording calls this once. */
export function setInternals(recording: object, value: RecordingInternals): void {
  // A function, because proxies such as those of Vue would wrap an object.
  Object.defineProperty(recording, INTERNALS, { value: () => value });
}

/** The internals of a recording. @throws {TypeError} for other values, such as a view */
export function internalsOf(recording: object): RecordingInternals {
  const find = (recording as { readonly [INTERNALS]?: () => RecordingInternals } | null | undefined)?.[INTERNALS];
  if (find === undefined) throw invalidArgument("recording", "a RecordingStream", recording);
  return find();
}
