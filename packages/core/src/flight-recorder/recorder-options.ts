import type { RingStorage } from "./disk-ring.ts";
import type { TriggerOptions } from "./trigger-limits.ts";
import type { IsKeyframe } from "./video-frames.ts";

/** The limits of a flight recorder, and the place of its ring on disk. */
export interface FlightRecorderOptions {
  /** The length of the window before a trigger, in seconds. Default 60. */
  seconds?: number | undefined;
  /** The time from a trigger to its dump, in seconds. The dump includes it. Default 10. */
  after?: number | undefined;
  /**
   * The limit of memory for all that is kept: a number of bytes, or a text such as "100MB". Dumps that no handler has
   * taken may need as much again. Default 100 MB.
   */
  maxBytes?: number | string | undefined;
  /**
   * Keeps the ring on disk as well, so that a killed process or page leaves it for `FlightRecorder.recover`. On Node
   * the path of a folder, in a page the name of a folder in the origin private file system. Default: memory only.
   */
  spool?: string | undefined;
}

/** Options of `FlightRecorder.dump`. */
export interface DumpOptions {
  /** The time until the dump is made, in seconds. Default: `after` of the recorder. */
  after?: number | undefined;
  /**
   * A recording, its id, or a function that chooses ids: the dump holds nothing else. Default: all recordings of the
   * recorder.
   */
  recording?: { readonly recordingId: string } | string | ((recordingId: string) => boolean) | undefined;
}

/** Options of `FlightRecorder.when`. */
export interface ConditionOptions extends TriggerOptions {
  /** The component whose values are tested. Default: the scalars, the text, or the only component of the entity. */
  component?: string | undefined;
}

/** Options of `FlightRecorder.captureErrors`. */
export interface CaptureErrorsOptions extends TriggerOptions {
  /** Whether calls of `console.error` are triggers. Default `true`. */
  console?: boolean | undefined;
}

/** Differences between Node and pages. */
export interface FlightPlatform {
  readonly isKeyframe: IsKeyframe;
  /**
   * Listens to errors that the program does not catch. Returns a function that ends it.
   *
   * @param onError `isFatal`: the process ends when the function returns
   */
  listenToErrors(onError: (reason: string, isFatal: boolean) => void): () => void;
  /** A ring on disk, for one recording. @throws {TypeError} if the spool is wrong */
  createRing(spool: string, limits: RingLimits): RingStorage;
}

/** The limits of a ring on disk. */
export interface RingLimits {
  readonly maxBytes: number;
  readonly maxAgeMs: number;
}
