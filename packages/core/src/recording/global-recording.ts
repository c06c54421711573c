import type { AsComponents } from "../batch/component.ts";
import type { EntityPathLike } from "../entity/entity-path.ts";
import { RerunError } from "../errors.ts";
import type { BinaryStream } from "../sink/binary-stream-sink.ts";
import type { MemoryRecording } from "../sink/memory-sink.ts";
import type { Sink } from "../sink/sink.ts";
import type { TimeColumn } from "../time/time-column.ts";
import type { TimePointLike } from "../time/time-point.ts";
import type { TimeValue } from "../time/time-value.ts";
import type {
  BlueprintLike,
  FlushOptions,
  FlushResult,
  SendBlueprintOptions,
  SetSinksOptions,
} from "./recording-options.ts";
import type { RecordingStream } from "./recording-stream.ts";
import type { ColumnsInput, LogOptions, RecordingView } from "./recording-view.ts";

/** The recording that the module functions use. */
let globalRecording: RecordingStream | undefined;
let hasWarned = false;

/** The recording that `init` made or `setGlobalRecording` was given. */
export function getGlobalRecording(): RecordingStream | undefined {
  return globalRecording;
}

/** Lets the module functions use `recording`. Returns the one before. */
export function setGlobalRecording(recording: RecordingStream | undefined): RecordingStream | undefined {
  const previous = globalRecording;
  globalRecording = recording;
  hasWarned = false;
  return previous;
}

/** For `init`: the recording before is closed in the background. */
export function replaceGlobalRecording<Recording extends RecordingStream>(recording: Recording): Recording {
  const previous = setGlobalRecording(recording);
  if (previous !== undefined) void previous.close();
  return recording;
}

/** The global recording, for calls that need one. @throws {RerunError} `NO_RECORDING`. */
export function requireGlobalRecording(): RecordingStream {
  if (globalRecording === undefined) throw noRecording();
  return globalRecording;
}

/** The global recording, for calls that do nothing without one, but say so once. */
function forLogging(call: string): RecordingStream | undefined {
  if (globalRecording === undefined && !hasWarned) {
    hasWarned = true;
    console.warn(`[rerun] \`${call}\` was called before \`init\`: nothing is logged`);
  }
  return globalRecording;
}

/** For calls that return a promise: it rejects without a recording, and may be left alone. */
export function promisedBy<Recording, T>(
  recording: Recording | undefined,
  call: (recording: Recording) => Promise<T>,
): Promise<T> {
  if (recording !== undefined) return call(recording);
  const error = noRecording();
  const rejected = Promise.reject<T>(error);
  rejected.catch(() => console.error(`[rerun] ${error.message}`));
  return rejected;
}

function noRecording(): RerunError {
  return new RerunError("NO_RECORDING", 'there is no recording; call `init("my_app")` first');
}

/** {@link RecordingStream.log} on the global recording. */
export function log(path: EntityPathLike, data: AsComponents | readonly AsComponents[], options?: LogOptions): void {
  forLogging("log")?.log(path, data, options);
}

/** {@link RecordingStream.at} on the global recording. @throws {RerunError} `NO_RECORDING`. */
export function at(time: TimePointLike): RecordingView {
  return requireGlobalRecording().at(time);
}

/** {@link RecordingStream.setTime} on the global recording. */
export function setTime(timeline: string, value: TimeValue): void;
export function setTime(times: TimePointLike): void;
export function setTime(timeline: string | TimePointLike, value?: TimeValue): void {
  forLogging("setTime")?.setTime(timeline as string, value as TimeValue);
}

/** {@link RecordingStream.resetTime} on the global recording. */
export function resetTime(): void {
  forLogging("resetTime")?.resetTime();
}

/** {@link RecordingStream.disableTimeline} on the global recording. */
export function disableTimeline(timeline: string): void {
  forLogging("disableTimeline")?.disableTimeline(timeline);
}

/** {@link RecordingStream.sendColumns} on the global recording. */
export function sendColumns(
  path: EntityPathLike,
  times: TimeColumn | readonly TimeColumn[],
  columns: ColumnsInput,
): void {
  forLogging("sendColumns")?.sendColumns(path, times, columns);
}

/** {@link RecordingStream.sendProperty} on the global recording. */
export function sendProperty(name: string, data: AsComponents | readonly AsComponents[]): void {
  forLogging("sendProperty")?.sendProperty(name, data);
}

/** {@link RecordingStream.sendRecordingName} on the global recording. */
export function sendRecordingName(name: string): void {
  forLogging("sendRecordingName")?.sendRecordingName(name);
}

/** {@link RecordingStream.sendBlueprint} on the global recording. */
export function sendBlueprint(blueprint: BlueprintLike, options?: SendBlueprintOptions): void {
  forLogging("sendBlueprint")?.sendBlueprint(blueprint, options);
}

/** {@link RecordingStream.setStrictMode} on the global recording. @throws {RerunError} `NO_RECORDING`. */
export function setStrictMode(strict: boolean): void {
  requireGlobalRecording().setStrictMode(strict);
}

/** {@link RecordingStream.setSink} on the global recording. */
export function setSink(sink: Sink, options?: SetSinksOptions): Promise<void> {
  return promisedBy(globalRecording, (recording) => recording.setSink(sink, options));
}

/** {@link RecordingStream.setSinks} on the global recording. */
export function setSinks(sinks: readonly Sink[], options?: SetSinksOptions): Promise<void> {
  return promisedBy(globalRecording, (recording) => recording.setSinks(sinks, options));
}

/** {@link RecordingStream.flush} on the global recording. */
export function flush(options?: FlushOptions): Promise<FlushResult> {
  return promisedBy(globalRecording, (recording) => recording.flush(options));
}

/** {@link RecordingStream.disconnect} on the global recording. */
export function disconnect(options?: FlushOptions): Promise<FlushResult> {
  return promisedBy(globalRecording, (recording) => recording.disconnect(options));
}

/** {@link RecordingStream.memoryRecording} on the global recording. @throws {RerunError} `NO_RECORDING`. */
export function memoryRecording(): MemoryRecording {
  return requireGlobalRecording().memoryRecording();
}

/** {@link RecordingStream.binaryStream} on the global recording. @throws {RerunError} `NO_RECORDING`. */
export function binaryStream(): BinaryStream {
  return requireGlobalRecording().binaryStream();
}
