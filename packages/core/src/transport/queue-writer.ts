import type { EncodedMessage } from "../rrd/encode/encoded-message.ts";
import type { DeliveryContext } from "./delivery.ts";
import type { DeliveryQueue } from "./delivery-queue.ts";

/** The part of a delivery's context that its writer reports to. The writer counts sent messages in its queue. */
export interface WriterEvents extends Pick<DeliveryContext, "onState">, Partial<Pick<DeliveryContext, "onWarning">> {
  /** A message was taken out of the queue because the server keeps rejecting it. */
  onReject?(message: EncodedMessage): void;
}

/**
 * Takes messages from a {@link DeliveryQueue} to a server in a loop, one transport per subclass. This class implements
 * the parts that all transports share: waking, awaiting, finishing and aborting the loop. Everything runs in one
 * thread.
 */
export abstract class QueueWriter {
  protected readonly queue: DeliveryQueue;
  protected readonly stop: AbortController = new AbortController();
  /** Whether to finish once the queue is empty. */
  protected isClosing = false;
  /** Ends the current wait of the loop. */
  #wake: () => void = () => {};
  readonly #watchers = new Set<() => void>();

  constructor(queue: DeliveryQueue) {
    this.queue = queue;
  }

  /** Runs until the writer is finished or aborted. Rejects after a fault of the program. */
  abstract run(): Promise<void>;

  /** Notifies the loop that the queue has changed. */
  wake(): void {
    this.#wake();
  }

  /** Makes the next attempt to connect now, because something has changed. */
  retry(): void {}

  /** Settles when `isDone` holds, or when the writer has stopped. `ack`: the caller waits for an acknowledgement. */
  async until(isDone: () => boolean, _ack = false): Promise<void> {
    while (!isDone() && !this.stop.signal.aborted) {
      await new Promise<void>((resolve) => this.#watchers.add(resolve));
    }
  }

  /**
   * Lets the loop finish once everything has been acknowledged. With an empty queue, it does not wait for a connection.
   */
  finish(): void {
    this.isClosing = true;
    if (this.queue.isEmpty && !this.isConnected) this.abort();
    else this.#wake();
  }

  /** Stops immediately. */
  abort(): void {
    this.stop.abort();
    this.#wake();
    this.notify();
  }

  /** Whether there is a connection, or the transport can stop connecting by itself. */
  protected get isConnected(): boolean {
    return true;
  }

  protected get isOver(): boolean {
    return this.stop.signal.aborted || (this.isClosing && this.queue.isEmpty);
  }

  /**
   * Waits until the writer is woken or the time is over. Returns immediately if `isPointless` is set or the writer has
   * ended.
   */
  protected async wait(timeoutMs?: number, isPointless = false): Promise<void> {
    if (isPointless || this.isOver) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      if (timeoutMs !== undefined) timer = setTimeout(resolve, timeoutMs);
    });
    clearTimeout(timer);
  }

  /**
   * Waits for a fixed time unless the writer is aborted, or woken while `isOver` holds. Does not keep a process alive
   * that has nothing else to do.
   */
  protected async pause(milliseconds: number, isOver: () => boolean = () => false): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      if (!this.isClosing) (timer as { unref?: () => void }).unref?.();
      this.#wake = () => {
        if (!this.stop.signal.aborted && !isOver()) return;
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** Makes every waiter check its condition again, because there was progress. */
  protected notify(): void {
    const watchers = [...this.#watchers];
    this.#watchers.clear();
    for (const watcher of watchers) watcher();
  }
}
