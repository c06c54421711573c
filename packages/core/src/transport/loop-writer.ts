import type { DeliveryQueue } from "./delivery-queue.ts";

/** What writers share that take messages from a queue in a loop: how they are woken, waited for, finished and stopped. */
export abstract class LoopWriter {
  protected readonly queue: DeliveryQueue;
  protected readonly stop: AbortController = new AbortController();
  /** Finish when the queue is empty. */
  protected isClosing = false;
  /** Ends the waiting that is under way. */
  #wake: () => void = () => {};
  readonly #watchers = new Set<() => void>();

  constructor(queue: DeliveryQueue) {
    this.queue = queue;
  }

  /** Works until it is closed. Rejects if the other side keeps refusing what is sent. */
  abstract run(): Promise<void>;

  /** There is something to do. */
  wake(): void {
    this.#wake();
  }

  /** Settles when `isDone` holds, or when the writer has stopped. */
  async until(isDone: () => boolean): Promise<void> {
    while (!isDone() && !this.stop.signal.aborted) {
      await new Promise<void>((resolve) => this.#watchers.add(resolve));
    }
  }

  /** Finishes when everything has been acknowledged. */
  finish(): void {
    this.isClosing = true;
    this.#wake();
  }

  /** Stops at once. */
  abort(): void {
    this.stop.abort();
    this.#wake();
    this.notify();
  }

  protected get isOver(): boolean {
    return this.stop.signal.aborted || (this.isClosing && this.queue.isEmpty);
  }

  /** Waits until it is woken or the time is up; not at all if that would be in vain. */
  protected async wait(timeoutMs?: number, isVain = false): Promise<void> {
    if (isVain || this.isOver) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      if (timeoutMs !== undefined) timer = setTimeout(resolve, timeoutMs);
    });
    clearTimeout(timer);
  }

  /** Waits so long, unless it is stopped; but does not keep a program alive for it that has nothing else to do. */
  protected async pause(milliseconds: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      if (!this.isClosing) (timer as { unref?: () => void }).unref?.();
      this.#wake = () => {
        if (!this.stop.signal.aborted) return;
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** Something has moved: those who wait look whether it is what they wait for. */
  protected notify(): void {
    const watchers = [...this.#watchers];
    this.#watchers.clear();
    for (const watcher of watchers) watcher();
  }
}
