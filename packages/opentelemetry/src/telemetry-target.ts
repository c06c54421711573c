import {
  type EntityPath,
  getGlobalRecording,
  type EntityPathLike,
  type RecordingStream,
  type RecordingView,
} from "@rerun-ts/core";
import { checkEntityPath, checkOptions, checkRecording, frozenAt } from "@rerun-ts/core/integration";
import { toEpochMs, type HrTimeLike } from "./telemetry-like.ts";

/** Time that a flush waits for a server that does not answer. */
const FLUSH_MS = 5000;

/** Options of the bridges from OpenTelemetry. */
export interface TelemetryOptions {
  /** The parent entity of all logged data. Default: `"traces"` for spans, `"metrics"` for metrics. */
  entityPath?: EntityPathLike | undefined;
}

/** Target of a bridge from OpenTelemetry. It never throws into the program. */
export class TelemetryTarget {
  readonly path: EntityPath;
  readonly #given: RecordingStream | undefined;
  #isLogging = false;
  #isShutDown = false;

  /** @throws {TypeError} if an argument is wrong */
  constructor(owner: string, recording: RecordingStream | undefined, options: TelemetryOptions, defaultPath: string) {
    checkOptions(owner, options, { entityPath: 1 });
    if (recording !== undefined)
      checkRecording(recording, "stats", "a RecordingStream, or undefined for the global recording");
    this.#given = recording;
    this.path = checkEntityPath("entityPath", options.entityPath ?? defaultPath);
  }

  /**
   * Calls a function with the recording at a time, and drops its errors, including those of strict recordings. Spans
   * and metrics of the function's own calls are ignored.
   */
  run(log: (at: (time: HrTimeLike) => RecordingView, recording: RecordingStream) => void): void {
    const recording = this.#given ?? getGlobalRecording();
    if (recording === undefined || this.#isLogging || this.#isShutDown) return;
    this.#isLogging = true;
    this.attempt(() => log((time) => frozenAt(recording, {}, toEpochMs(time)), recording));
    this.#isLogging = false;
  }

  /** Calls a function, and drops its errors, because the observed program does not expect them here. */
  attempt(log: () => void): void {
    try {
      log();
    } catch {
      // Dropped.
    }
  }

  /** Waits until the logged data is sent, or until sending fails, which the recording reports. */
  async flush(): Promise<void> {
    await (this.#given ?? getGlobalRecording())?.flush({ timeoutMs: FLUSH_MS }).catch(() => {});
  }

  /** The same, and nothing is logged any more. The recording stays open. */
  async shutdown(): Promise<void> {
    this.#isShutDown = true;
    await this.flush();
  }
}
