import { describeOtherVersion } from "../checks/brand.ts";
import { getOrAdd } from "../collections/get-or-add.ts";
import { VERSION } from "../version.ts";
import type { AsComponents } from "../batch/component.ts";
import { checkRecording } from "../checks/check-arguments.ts";
import type { EntityPathLike } from "../entity/entity-path.ts";
import { RerunError } from "../errors/rerun-error.ts";
import type { BinaryStream } from "../sink/binary-stream-sink.ts";
import type { MemoryRecording } from "../sink/memory-sink.ts";
import type { Sink } from "../sink/sink.ts";
import type { TimeColumn } from "../time/time-column.ts";
import type { TimePointLike } from "../time/time-point.ts";
import type { TimestampLike, TimeValue } from "../time/time-value.ts";
import type {
  BlueprintLike,
  FlushOptions,
  FlushResult,
  SendBlueprintOptions,
  SetSinksOptions,
} from "./recording-options.ts";
import type { RecordingStream } from "./recording-stream.ts";
import type { ColumnsInput, LogOptions, RecordingView } from "./recording-view.ts";
import { reported } from "./report-failures.ts";

const STATES = Symbol.for("rerun-ts.global");

/** The state of the module functions. */
interface GlobalState {
  recording: RecordingStream | undefined;
  hasWarned: boolean;
  /** Returns the recording and the times of the asynchronous task that calls a module function. Set by `trackTasks`. */
  currentTask: (() => RecordingTask | undefined) | undefined;
}

/** The states of all copies of this package in the program, by version: those of one version share a recording. */
const states = ((globalThis as { [STATES]?: Map<string, GlobalState> })[STATES] ??= new Map<string, GlobalState>());
const state = getOrAdd(states, VERSION, (): GlobalState => ({
  recording: undefined,
  hasWarned: false,
  currentTask: undefined,
}));

/** The recording of an asynchronous task, and the times of its rows. */
export interface RecordingTask {
  readonly recording: RecordingStream;
  /** The recording at the times of the task. */
  view: RecordingView;
}

/** Lets the module functions use the recording that `current` returns. Each of them calls `current`. */
export function trackTasks(current: () => RecordingTask | undefined): void {
  state.currentTask = current;
}

/**
 * The global recording, set by `init` or `setGlobalRecording`, or `undefined` if there is none. Within `runWith` of
 * `@rerun-ts/node`, the recording of that call.
 */
export function getGlobalRecording(): RecordingStream | undefined {
  return state.currentTask?.()?.recording ?? state.recording;
}

/**
 * Sets the recording of the module functions, or none. Returns the previous one without closing it.
 *
 * @throws {TypeError} if this is not a recording
 * @example
 * const previous = rr.setGlobalRecording(new rr.RecordingStream("my_app"));
 * rr.log("greeting", new rr.TextLog("hello"));
 * await previous?.close();
 */
export function setGlobalRecording(recording: RecordingStream | undefined): RecordingStream | undefined {
  if (recording !== undefined) checkRecording(recording, "stats");
  const previous = state.recording;
  state.recording = recording;
  state.hasWarned = false;
  return previous;
}

/** Sets the global recording for `init`, and closes the previous one in the background. */
export function replaceGlobalRecording<Recording extends RecordingStream>(recording: Recording): Recording {
  const previous = setGlobalRecording(recording);
  if (previous !== undefined) void previous.close();
  return recording;
}

/** The global recording, for calls that need one. @throws {RerunError} `NO_RECORDING` without one */
function requireGlobalRecording(): RecordingStream {
  const recording = getGlobalRecording();
  if (recording === undefined) throw noRecording();
  return recording;
}

/** The global recording, for calls that do nothing without one. The first such call prints a warning. */
function globalOrWarn(call: string): RecordingStream | undefined {
  const recording = getGlobalRecording();
  if (recording === undefined && !state.hasWarned) {
    state.hasWarned = true;
    console.warn(`[rerun] \`${call}\` was called before \`init\`: nothing is logged${hintOfOtherVersion()}`);
  }
  return recording;
}

/** The global recording, at the times of the present task. */
function viewOrWarn(call: string): RecordingView | undefined {
  return state.currentTask?.()?.view ?? globalOrWarn(call);
}

/** Calls a method that returns a promise. If there is no recording, the promise rejects with `NO_RECORDING`. */
export function promisedBy<Recording, T>(
  recording: Recording | undefined,
  call: (recording: Recording) => Promise<T>,
): Promise<T> {
  if (recording !== undefined) return call(recording);
  const error = noRecording();
  const failure = () => () => console.error(`[rerun] ${error.message}`);
  return reported({ failure }, Promise.reject<T>(error));
}

function noRecording(): RerunError {
  return new RerunError("NO_RECORDING", `there is no recording; call \`init("my_app")\` first${hintOfOtherVersion()}`);
}

/** The end of a message without a recording, if another version of this package has one. */
function hintOfOtherVersion(): string {
  for (const [version, { recording }] of states)
    if (recording !== undefined) return `; the global recording is ${describeOtherVersion(version)}`;
  return "";
}

/** Calls {@link RecordingStream.log} on the global recording. Without one the call is ignored, with one warning. */
export function log(path: EntityPathLike, data: AsComponents | readonly AsComponents[], options?: LogOptions): void {
  viewOrWarn("log")?.log(path, data, options);
}

/** Calls {@link RecordingStream.at} on the global recording. @throws {RerunError} `NO_RECORDING` without one */
export function at(time: TimePointLike): RecordingView {
  return (state.currentTask?.()?.view ?? requireGlobalRecording()).at(time);
}

/**
 * Calls {@link RecordingStream.setTime} on the global recording. Without one the call is ignored, with one warning.
 * Within `runWith` of `@rerun-ts/node`, sets the time of that task.
 */
export function setTime(timeline: string, value: TimeValue): void;
export function setTime(times: TimePointLike): void;
export function setTime(timeline: string | TimePointLike, value?: TimeValue): void {
  const task = state.currentTask?.();
  if (task === undefined) globalOrWarn("setTime")?.setTime(timeline as string, value as TimeValue);
  else task.view = task.view.at(typeof timeline === "string" ? { [timeline]: value } : timeline);
}

/**
 * Calls {@link RecordingStream.resetTime} on the global recording. Without one the call is ignored, with one warning.
 */
export function resetTime(): void {
  const task = state.currentTask?.();
  if (task === undefined) globalOrWarn("resetTime")?.resetTime();
  else task.view = task.recording.at({});
}

/**
 * Calls {@link RecordingStream.disableTimeline} on the global recording. Without one the call is ignored, with one
 * warning.
 */
export function disableTimeline(timeline: string): void {
  globalOrWarn("disableTimeline")?.disableTimeline(timeline);
}

/**
 * Calls {@link RecordingStream.sendColumns} on the global recording. Without one the call is ignored, with one warning.
 */
export function sendColumns(
  path: EntityPathLike,
  times: TimeColumn | readonly TimeColumn[],
  columns: ColumnsInput,
): void {
  viewOrWarn("sendColumns")?.sendColumns(path, times, columns);
}

/**
 * Calls {@link RecordingStream.sendProperty} on the global recording. Without one the call is ignored, with one
 * warning.
 */
export function sendProperty(name: string, data: AsComponents | readonly AsComponents[]): void {
  globalOrWarn("sendProperty")?.sendProperty(name, data);
}

/**
 * Calls {@link RecordingStream.sendRecordingName} on the global recording. Without one the call is ignored, with one
 * warning.
 */
export function sendRecordingName(name: string): void {
  globalOrWarn("sendRecordingName")?.sendRecordingName(name);
}

/**
 * Calls {@link RecordingStream.sendRecordingStartTime} on the global recording. Without one the call is ignored, with
 * one warning.
 */
export function sendRecordingStartTime(time: TimestampLike): void {
  globalOrWarn("sendRecordingStartTime")?.sendRecordingStartTime(time);
}

/**
 * Calls {@link RecordingStream.sendBlueprint} on the global recording. Without one the call is ignored, with one
 * warning.
 */
export function sendBlueprint(blueprint: BlueprintLike, options?: SendBlueprintOptions): void {
  globalOrWarn("sendBlueprint")?.sendBlueprint(blueprint, options);
}

/**
 * Calls {@link RecordingStream.setStrictMode} on the global recording.
 *
 * @throws {RerunError} `NO_RECORDING` without one
 */
export function setStrictMode(strict: boolean): void {
  requireGlobalRecording().setStrictMode(strict);
}

/**
 * Calls {@link RecordingStream.setLogTimeEnabled} on the global recording.
 *
 * @throws {RerunError} `NO_RECORDING` without one
 */
export function setLogTimeEnabled(enabled: boolean): void {
  requireGlobalRecording().setLogTimeEnabled(enabled);
}

/**
 * Calls {@link RecordingStream.setLogTickEnabled} on the global recording.
 *
 * @throws {RerunError} `NO_RECORDING` without one
 */
export function setLogTickEnabled(enabled: boolean): void {
  requireGlobalRecording().setLogTickEnabled(enabled);
}

/** Calls {@link RecordingStream.setSink} on the global recording. Rejects with `NO_RECORDING` without one. */
export function setSink(sink: Sink, options?: SetSinksOptions): Promise<void> {
  return promisedBy(getGlobalRecording(), (recording) => recording.setSink(sink, options));
}

/** Calls {@link RecordingStream.setSinks} on the global recording. Rejects with `NO_RECORDING` without one. */
export function setSinks(sinks: readonly Sink[], options?: SetSinksOptions): Promise<void> {
  return promisedBy(getGlobalRecording(), (recording) => recording.setSinks(sinks, options));
}

/** Calls {@link RecordingStream.flush} on the global recording. Rejects with `NO_RECORDING` without one. */
export function flush(options?: FlushOptions): Promise<FlushResult> {
  return promisedBy(getGlobalRecording(), (recording) => recording.flush(options));
}

/** Calls {@link RecordingStream.disconnect} on the global recording. Rejects with `NO_RECORDING` without one. */
export function disconnect(options?: FlushOptions): Promise<FlushResult> {
  return promisedBy(getGlobalRecording(), (recording) => recording.disconnect(options));
}

/**
 * Calls {@link RecordingStream.memoryRecording} on the global recording.
 *
 * @throws {RerunError} `NO_RECORDING` without one
 */
export function memoryRecording(): MemoryRecording {
  return requireGlobalRecording().memoryRecording();
}

/**
 * Calls {@link RecordingStream.binaryStream} on the global recording.
 *
 * @throws {RerunError} `NO_RECORDING` without one
 */
export function binaryStream(): BinaryStream {
  return requireGlobalRecording().binaryStream();
}
