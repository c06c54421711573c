import type { RecordingOptions } from "@rerun-ts/core";
import type { RecordingStream } from "@rerun-ts/node";

/** Options for a recording of a case. */
export interface CaseOptions extends RecordingOptions {
  /** The id of the application. Default `"conformance"`. */
  applicationId?: string;
}

/**
 * Logs the same data as the Python function of the same name, in snake case, in the Python file of the same name.
 * It has one ordinary recording, unless it is declared with {@link recordings}.
 */
export interface Case {
  (...recordings: RecordingStream[]): void | Promise<void>;
  readonly recordings?: readonly CaseOptions[];
  /** The reason why `rerun rrd compare` cannot compare the files. */
  readonly incomparable?: string;
}

/** A case with one recording for each of these options. */
export function recordings(options: readonly CaseOptions[], log: Case): Case {
  return Object.assign((...all: RecordingStream[]) => log(...all), log, { recordings: options });
}

/** A case that is only compared row by row. */
export function incomparable(reason: string, log: Case): Case {
  return Object.assign((...all: RecordingStream[]) => log(...all), log, { incomparable: reason });
}

/** `allFields` as Python writes it: `all_fields`. */
export function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
