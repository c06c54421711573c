import { RerunError } from "@rerun-ts/core";
import { LoopWriter, encodeRrd, type DeliveryQueue, type QueueWriterEvents } from "@rerun-ts/core/internal";
import type { ViewerDoor } from "./viewer-door.ts";
import type { WebViewerChannelLike } from "./web-viewer-like.ts";

/** Pages that are not seen have no frames. */
const LONGEST_FRAME_MS = 250;
/** How often a viewer is asked whether it was started or stopped. */
const LOOK_MS = 100;

/** Hands messages from a queue to a viewer in the same page: in each frame as many as it can take in without a jerk. */
export class ViewerWriter extends LoopWriter {
  readonly #door: ViewerDoor;
  readonly #frameBytes: number;
  readonly #events: QueueWriterEvents;
  #channel: WebViewerChannelLike | undefined;
  #hadChannel = false;

  /** @param frameBytes how much goes to the viewer in a frame, at least one message */
  constructor(queue: DeliveryQueue, door: ViewerDoor, frameBytes: number, events: QueueWriterEvents) {
    super(queue);
    this.#door = door;
    this.#frameBytes = frameBytes;
    this.#events = events;
  }

  async run(): Promise<void> {
    try {
      while (!this.isOver) {
        this.#look();
        if (this.#channel === undefined || !this.queue.hasWaiting) await this.wait(LOOK_MS);
        else {
          await nextFrame();
          if (!this.stop.signal.aborted) this.#hand();
        }
      }
    } finally {
      this.#door.close();
      this.notify();
    }
  }

  /** Finds out whether the viewer was started or stopped, and tells. */
  #look(): void {
    const channel = this.#door.channel();
    if (channel === this.#channel) return;
    this.#channel = channel;
    if (channel === undefined) {
      this.#events.onState("connecting", new RerunError("CONNECTION", "the web viewer was stopped"));
      return;
    }
    if (this.#hadChannel) {
      // This one knows nothing of what its predecessor was told.
      this.queue.restart();
      this.#events.onReconnect();
    }
    this.#hadChannel = true;
    this.#events.onState("open");
  }

  #hand(): void {
    const channel = this.#door.channel();
    // Stopped, or started anew, while this waited for the frame: what the new one must know comes first.
    if (channel === undefined || channel !== this.#channel) return;
    const batch = this.queue.take(this.#frameBytes);
    try {
      channel.send_rrd(encodeRrd(batch, { footer: false }));
    } catch (error) {
      // A viewer that fails stops itself. It may be started anew: then these go again.
      this.#events.onState("connecting", RerunError.from(error, "CONNECTION"));
      this.#channel = undefined;
      return;
    }
    this.queue.acknowledge(batch.length);
    this.#events.onArrived(batch.reduce((sum, { payload }) => sum + payload.byteLength, 0));
    this.notify();
  }
}

function nextFrame(): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      resolve();
    };
    const timer = setTimeout(done, LONGEST_FRAME_MS);
    const { requestAnimationFrame } = globalThis as { requestAnimationFrame?: (callback: () => void) => number };
    requestAnimationFrame?.(done);
  });
}
