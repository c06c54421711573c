import type { WebSocket } from "ws";

/** Reads a client that sends too fast more slowly: it may send the messages of a second together. */
export class MessageRate {
  readonly #socket: WebSocket;
  readonly #perSecond: number;
  #tokens: number;
  #countedAt = performance.now();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(socket: WebSocket, perSecond: number) {
    this.#socket = socket;
    this.#perSecond = perSecond;
    this.#tokens = perSecond;
  }

  /** Counts a message, and pauses the client if it was one too many. */
  count(): void {
    const now = performance.now();
    const refilled = this.#tokens + ((now - this.#countedAt) / 1000) * this.#perSecond;
    this.#tokens = Math.min(this.#perSecond, refilled) - 1;
    this.#countedAt = now;
    if (this.#tokens >= 0 || this.#timer !== undefined) return;
    this.#socket.pause();
    const resume = (): void => {
      this.#timer = undefined;
      this.#socket.resume();
    };
    this.#timer = setTimeout(resume, (-this.#tokens / this.#perSecond) * 1000);
    this.#timer.unref();
  }

  end(): void {
    clearTimeout(this.#timer);
  }
}
