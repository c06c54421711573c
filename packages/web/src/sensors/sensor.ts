import { RerunError, type RecordingStream, type RecordingView } from "@rerun-ts/core";
import { checkEntityPath, checkRecording } from "@rerun-ts/core/checks";
import { frozenAt, internalsOf } from "@rerun-ts/core/recording";

/** Ends the logging of a sensor. Further calls do nothing. */
export type StopSensor = () => void;

/** Checks the arguments that all sensors have. @throws {TypeError} */
export function checkSensor(recording: RecordingStream, path: string): void {
  checkRecording(recording, "stats");
  // A recording of another version fails now, not in a later event, where no program could catch the error.
  internalsOf(recording);
  checkEntityPath("path", path);
}

/** The recording at a time of the page's clock, which `performance.now` and events use. The time becomes `log_time`. */
export function atPageTime(recording: RecordingStream, pageMs: number): RecordingView {
  return atEpoch(recording, performance.timeOrigin + pageMs);
}

/** The recording at a wall-clock time, in milliseconds since 1970, as `log_time`. */
export function atEpoch(recording: RecordingStream, epochMs: number): RecordingView {
  return frozenAt(recording, {}, epochMs);
}

/** Reports that a sensor cannot be used, as an `error` event. */
export function reportSensor(
  recording: RecordingStream,
  code: "AUTH" | "UNSUPPORTED" | "INTERNAL",
  text: string,
): void {
  // No caller awaits this promise, so its failure is reported.
  void internalsOf(recording).reported(Promise.reject(new RerunError(code, text)));
}

/** The path of a part of an entity. */
export function childOf(path: string, part: string): string {
  return `${path}/${part}`;
}

/** The values as numbers. `undefined` if one is missing, for example because the device lacks the sensor. */
export function allOf(...values: readonly (number | null | undefined)[]): number[] | undefined {
  const numbers = values.filter((value) => typeof value === "number");
  return numbers.length === values.length ? numbers : undefined;
}
