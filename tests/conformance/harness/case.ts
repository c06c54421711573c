import type { RecordingOptions, RecordingStream } from "@rerun-ts/node";

/** How a recording of a case is made. */
export interface CaseOptions extends RecordingOptions {
  /** Default `"conformance"`. */
  applicationId?: string;
}

/**
 * Logs the same as the Python function of the same name, in snake case, in the Python file of the same name.
 * It has one ordinary recording, unless it is declared with {@link recordings}.
 */
export interface Case {
  (...recordings: RecordingStream[]): void | Promise<void>;
  readonly recordings?: readonly CaseOptions[];
  /** Why `rerun rrd compare` cannot tell whether the files are the same. */
  readonly incomparable?: string;
}

/** A case with one recording for each of these options. */
export function recordings(options: readonly CaseOptions[], log: Case): Case {
  return Object.assign((...all: RecordingStream[]) => log(...all), log, { recordings: options });
}

/** A case that is compared row by row only. */
export function incomparable(reason: string, log: Case): Case {
  return Object.assign((...all: RecordingStream[]) => log(...all), log, { incomparable: reason });
}

/** `allFields` as Python writes it: `all_fields`. */
export function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
