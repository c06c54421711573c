import { internalsOf } from "@rerun-ts/core/recording";
import { logImageBitmap } from "../media/log-image-bitmap.ts";
import { describeFrameError } from "../media/describe-frame-error.ts";
import type { CaptureTime, FrameRecorder, FrameSource, VideoTarget } from "./frame-recorder.ts";
import { noVideoStats, type VideoStats } from "./video-stats.ts";
import { epochNow } from "./epoch-now.ts";

/** Logs frames as separate JPEG images, for browsers that do not encode video. */
export class ImageRecorder implements FrameRecorder {
  readonly codec = "JPEG";
  readonly stats: VideoStats = noVideoStats("JPEG");
  readonly #target: VideoTarget;
  #captured = 0;
  #last: Promise<unknown> = Promise.resolve();

  constructor(target: VideoTarget) {
    this.#target = target;
  }

  async capture(source: FrameSource, { epochMs }: CaptureTime = { epochMs: epochNow() }): Promise<boolean> {
    const { recording, path, options, onClosed } = this.#target;
    if (recording.state === "closed") {
      onClosed();
      return false;
    }
    const { quality, maxPending, time, createWorker } = options;
    const index = this.#captured++;
    const log = async (): Promise<boolean> =>
      logImageBitmap(recording, path, source, {
        encoding: "jpeg",
        quality,
        maxPending,
        createWorker,
        time: time?.({ epochMs, index }),
      });
    const logged = log().catch((error: unknown) => {
      internalsOf(recording).notice(`a frame cannot be read: ${describeFrameError(error)}`);
      return false;
    });
    this.#last = logged;
    const isLogged = await logged;
    if (isLogged) this.stats.frames++;
    else this.stats.dropped++;
    return isLogged;
  }

  async finish(): Promise<void> {
    await this.#last;
  }

  abort(): void {
    // Images in progress are logged when they are ready.
  }
}
