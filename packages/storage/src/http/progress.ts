import type { ClientRequest } from "node:http";
import type { Socket } from "node:net";

/** The slowest connection that counts as progress. Many uploads may share a slow one. */
const BYTES_PER_SECOND = 100;
/** The longest time that a timer can wait. */
const MAX_MS = 2 ** 31 - 1;

/** Ends a request that makes no progress, or that a server draws out by a few bytes at a time. */
export class Progress {
  readonly #call: ClientRequest;
  readonly #timer: ReturnType<typeof setInterval> | undefined;
  #socket: Socket | undefined;
  /** The bytes of the connection at the last check, or before this request. */
  #bytes = 0;
  #failure: Error | undefined;

  /** @param timeoutMs the time without progress, which is also the `timeout` of the request */
  constructor(call: ClientRequest, timeoutMs: number) {
    this.#call = call;
    const seconds = timeoutMs / 1000;
    call.on("timeout", () => this.#fail(`no progress within ${seconds} seconds`));
    call.on("socket", (socket) => {
      this.#socket = socket;
      this.#bytes = bytesOf(socket);
    });
    // A request without a limit has the timeout 0.
    if (!(timeoutMs > 0 && timeoutMs <= MAX_MS)) return;
    this.#timer = setInterval(() => {
      const bytes = this.#socket === undefined ? 0 : bytesOf(this.#socket);
      const passed = bytes - this.#bytes;
      this.#bytes = bytes;
      if (passed < seconds * BYTES_PER_SECOND) this.#fail(`only ${passed} bytes in ${seconds} seconds`);
    }, timeoutMs).unref();
  }

  /** The reason for which the request was ended here. */
  get failure(): Error | undefined {
    return this.#failure;
  }

  /** Stops to watch the request. */
  end(): void {
    clearInterval(this.#timer);
  }

  #fail(reason: string): void {
    this.#failure ??= new Error(reason);
    this.#call.destroy(this.#failure);
  }
}

/** The bytes that have passed in both directions. Those that wait to be sent do not count. */
function bytesOf(socket: Socket): number {
  return socket.bytesRead + socket.bytesWritten - socket.writableLength;
}
