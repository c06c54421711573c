import { RerunError, type EntityPathLike, type RecordingStream } from "@rerun-ts/core";
import { checkRecording } from "@rerun-ts/core/checks";
import { internalsOf } from "@rerun-ts/core/recording";
import { createRecorder } from "./create-recorder.ts";
import type { FrameRecorder } from "./frame-recorder.ts";
import { resolveVideoOptions, type ResolvedVideoOptions, type VideoOptions } from "./video-options.ts";
import { noVideoStats, type VideoStats } from "./video-stats.ts";

/** A video capture in progress. */
export interface VideoCapture {
  /**
   * Settles at the end of the capture: after `stop`, or at the end of the source or the recording. Rejects if the
   * capture fails, for example with `UNSUPPORTED` if the browser lacks the codec. The promise need not be awaited: a
   * failure is reported as an `error` event.
   */
  readonly ended: Promise<VideoStats>;
  /** Statistics so far. */
  stats(): VideoStats;
  /** Ends the capture. Settles when all captured frames are logged. */
  stop(): Promise<VideoStats>;
}

/** A source of frames. */
export interface VideoSource {
  /** The size of the first frames. Settles when the size is known. @throws if the source cannot be used */
  size(): Promise<{ readonly width: number; readonly height: number }>;
  /** Captures frames until the source ends or the signal fires. */
  run(recorder: FrameRecorder, options: ResolvedVideoOptions, signal: AbortSignal): Promise<void>;
}

/** Captures a source until it ends. */
export function startCapture(
  call: string,
  recording: RecordingStream,
  path: EntityPathLike,
  source: VideoSource,
  options: VideoOptions,
): VideoCapture {
  checkRecording(recording, "stats");
  const stopping = new AbortController();
  let stats: VideoStats = noVideoStats();
  const run = async (): Promise<VideoStats> => {
    const resolved = resolveVideoOptions(call, options);
    let onError: (error: RerunError) => void = () => {};
    const failed = new Promise<never>((_, reject) => (onError = reject));
    failed.catch(() => {});
    const size = await source.size();
    const target = { recording, path, options: resolved, onError, onClosed: () => stopping.abort() };
    const recorder = await createRecorder(target, size);
    stats = recorder.stats;
    try {
      await Promise.race([source.run(recorder, resolved, stopping.signal), failed]);
      await Promise.race([recorder.finish(), failed]);
    } finally {
      stopping.abort();
      recorder.abort();
    }
    return { ...stats };
  };
  const ended = internalsOf(recording).reported(run());
  return {
    ended,
    stats: () => ({ ...stats }),
    stop: () => {
      stopping.abort();
      return ended;
    },
  };
}

/** The error for a source that is of the wrong kind. */
export function wrongSource(argument: string, expected: string, got: string): RerunError {
  return new RerunError("INVALID_ARGUMENT", `\`${argument}\` must be ${expected}, got ${got}`, { argument });
}
