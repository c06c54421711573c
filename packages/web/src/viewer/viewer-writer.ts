import { RerunError } from "@rerun-ts/core";
import { encodeRrd } from "@rerun-ts/core/encode";
import { QueueWriter, type DeliveryQueue, type WriterEvents } from "@rerun-ts/core/transport";
import type { ViewerChannelSource } from "./viewer-channel.ts";
import type { WebViewerChannelLike } from "./web-viewer-like.ts";

/** Time to wait for an animation frame: hidden pages have none. */
const MAX_FRAME_MS = 250;
/** Interval of checks whether the viewer has started or stopped, which it does not report. */
const POLL_MS = 100;

/**
 * Passes messages from a queue to a viewer in the same page: a bounded batch per animation frame, so that rendering
 * stays smooth. The viewer has no acknowledgements, so a batch counts as acknowledged when the viewer has accepted it.
 *
 * The writer polls for starts and stops of the viewer. A restarted viewer first receives the retained state. A batch on
 * which the viewer fails is sent again after its restart. If the source is a channel instead of a viewer, `run` rejects
 * once the channel is closed.
 */
export class ViewerWriter extends QueueWriter {
  readonly #source: ViewerChannelSource;
  readonly #frameBytes: number;
  readonly #events: WriterEvents;
  #channel: WebViewerChannelLike | undefined;
  #hadChannel = false;

  /** @param frameBytes the size of a batch in bytes. A batch has at least one message */
  constructor(queue: DeliveryQueue, source: ViewerChannelSource, frameBytes: number, events: WriterEvents) {
    super(queue);
    this.#source = source;
    this.#frameBytes = frameBytes;
    this.#events = events;
  }

  /** Whether there was a viewer that could take messages. */
  get hadChannel(): boolean {
    return this.#hadChannel;
  }

  async run(): Promise<void> {
    try {
      while (!this.isOver) {
        this.#poll();
        if (this.#channel === undefined || !this.queue.hasPending) await this.wait(POLL_MS);
        else {
          await nextFrame();
          if (!this.stop.signal.aborted) this.#passBatch();
        }
      }
    } finally {
      this.#source.close();
      this.notify();
    }
  }

  /** Checks whether the viewer was started or stopped, and reports the change. */
  #poll(): void {
    const channel = this.#source.channel();
    if (channel === this.#channel) return;
    this.#channel = channel;
    if (channel === undefined) {
      this.#events.onState("connecting", new RerunError("CONNECTION", "the web viewer was stopped"));
      return;
    }
    if (this.#hadChannel) {
      // The new viewer lacks all messages that its predecessor received.
      this.queue.restart();
      this.queue.reconnects++;
    }
    this.#hadChannel = true;
    this.#events.onState("open");
  }

  #passBatch(): void {
    const channel = this.#source.channel();
    // The viewer was stopped or restarted during the wait. A new viewer first receives the retained state.
    if (channel === undefined || channel !== this.#channel) return;
    const batch = this.queue.take(this.#frameBytes);
    try {
      channel.send_rrd(encodeRrd(batch, { footer: false }));
    } catch (error) {
      // A failing viewer stops itself. After a restart, these messages are sent again.
      this.#events.onState("connecting", RerunError.from(error, "CONNECTION"));
      this.#channel = undefined;
      return;
    }
    this.queue.acknowledge(batch.length);
    this.notify();
  }
}

/** Settles in the next animation frame, or after a while in a hidden page. */
function nextFrame(): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      resolve();
    };
    const timer = setTimeout(done, MAX_FRAME_MS);
    const { requestAnimationFrame } = globalThis as { requestAnimationFrame?: (callback: () => void) => number };
    requestAnimationFrame?.(done);
  });
}
