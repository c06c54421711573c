import { RerunError, type EntityPathLike, type RecordingStream, type TimePointLike } from "@rerun-ts/core";
import { checkRecording, invalidArgument, rawOf } from "@rerun-ts/core/checks";
import { frozenAt, internalsOf } from "@rerun-ts/core/recording";
import { createRecorder } from "./create-recorder.ts";
import { epochNow } from "./epoch-now.ts";
import type { FrameRecorder } from "./frame-recorder.ts";
import { resolveVideoOptions, type ResolvedVideoOptions, type VideoOptions } from "./video-options.ts";

/** Options of {@link logVideoFrame}. All but `time` only count for the first frame of an entity. */
export interface VideoFrameOptions extends Omit<VideoOptions, "time"> {
  /** Additional times of this frame. Default: none, besides those of the recording. */
  time?: TimePointLike | undefined;
}

/** The lifetime of an encoder without new frames. */
const IDLE_MS = 10_000;

/** The encoder of one entity. */
interface FrameLog {
  readonly recorder: Promise<FrameRecorder>;
  readonly options: ResolvedVideoOptions;
  /** Frames that wait for the start of the encoder. */
  pending: number;
  idle: ReturnType<typeof setTimeout> | undefined;
}

/** The encoders of each recording, by the path of the entity. */
const logsOf = new WeakMap<RecordingStream, Map<string, FrameLog>>();

/**
 * Logs one frame of a video stream, e.g. one decoded or drawn by the page. All frames with the same path become one
 * `VideoStream`. The times are those of the call. The frame may be closed after the call.
 *
 * Resolves to `true` once the frame is logged, and to `false` if it was dropped because too many are pending. Some
 * encoders hold back frames until further ones follow (for H.264 in Firefox on Linux, 40), so do not wait for it
 * between frames. Failures are reported as `error` events. An encoder without frames for ten seconds is closed.
 *
 * @example
 * const frame = new VideoFrame(canvas, { timestamp: 0 });
 * void rr.video.logVideoFrame(rec, "render", frame, { codec: "H264", time: { step } });
 * frame.close();
 */
export function logVideoFrame(
  recording: RecordingStream,
  path: EntityPathLike,
  frame: VideoFrame,
  options: VideoFrameOptions = {},
): Promise<boolean> {
  try {
    checkRecording(recording, "stats");
  } catch (error) {
    return Promise.reject(RerunError.from(error, "INVALID_ARGUMENT"));
  }
  return internalsOf(recording).reported(logFrame(rawOf(recording), path, frame, options));
}

async function logFrame(
  recording: RecordingStream,
  path: EntityPathLike,
  frame: VideoFrame,
  { time, ...options }: VideoFrameOptions,
): Promise<boolean> {
  const { clone, displayWidth } = Object(frame) as Partial<VideoFrame>;
  if (typeof clone !== "function" || typeof displayWidth !== "number")
    throw invalidArgument("frame", "a VideoFrame", frame);
  let logs = logsOf.get(recording);
  if (logs === undefined) logsOf.set(recording, (logs = new Map()));
  const key = String(path);
  const log = logs.get(key) ?? start(recording, path, frame, options, logs);
  clearTimeout(log.idle);
  log.idle = setTimeout(() => end(log, key, logs), IDLE_MS);
  const { maxPending } = log.options;
  if (log.pending >= maxPending) return false;
  // The encoder may still be starting, but the frame and its times must be those of the call.
  const epochMs = epochNow();
  const view = frozenAt(recording, time ?? {}, epochMs);
  const copy = frame.clone();
  log.pending++;
  try {
    const recorder = await log.recorder.finally(() => log.pending--);
    return await recorder.capture(copy, { epochMs, view });
  } finally {
    copy.close();
  }
}

function start(
  recording: RecordingStream,
  path: EntityPathLike,
  frame: VideoFrame,
  options: VideoOptions,
  logs: Map<string, FrameLog>,
): FrameLog {
  const internals = internalsOf(recording);
  const resolved = resolveVideoOptions("logVideoFrame", options);
  const key = String(path);
  const onError = (failure: RerunError): void => {
    end(log, key, logs);
    void internals.reported(Promise.reject(failure));
  };
  const onClosed = (): void => end(log, key, logs);
  const size = { width: frame.displayWidth, height: frame.displayHeight };
  const recorder = createRecorder({ recording, path, options: resolved, onError, onClosed }, size);
  const log: FrameLog = { recorder, options: resolved, pending: 0, idle: undefined };
  recorder.catch(() => end(log, key, logs));
  logs.set(key, log);
  return log;
}

function end(log: FrameLog, key: string, logs: Map<string, FrameLog>): void {
  clearTimeout(log.idle);
  if (logs.get(key) === log) logs.delete(key);
  log.recorder.then((recorder) => recorder.finish()).catch(() => {});
}
