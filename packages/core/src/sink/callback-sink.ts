import { RerunError } from "../errors.ts";
import { randomId } from "../random-id.ts";
import { encodeRrd } from "../rrd/encode/rrd-writer.ts";
import type { EncodedMessage } from "../rrd/encode/encoded-message.ts";
import type { Sink, SinkContext, SinkStats } from "./sink.ts";
import { SinkStatus } from "./sink-status.ts";

/** Calls a function with every message, as a `.rrd` of its own, without footer. */
export class CallbackSink implements Sink {
  readonly kind = "callback";
  readonly key: string = `callback:${randomId()}`;
  /** The function gets a copy. */
  readonly isSynchronous = true;
  readonly #status = new SinkStatus("callback");
  readonly #callback: (rrd: Uint8Array<ArrayBuffer>) => void;

  /** @param callback is called from inside logging calls; what it throws makes the sink `broken` */
  constructor(callback: (rrd: Uint8Array<ArrayBuffer>) => void) {
    if (typeof callback !== "function") throw new TypeError("`callback` must be a function that takes bytes");
    this.#callback = callback;
  }

  open(context: SinkContext): void {
    this.#status.attach(context);
    this.#status.change("open");
  }

  send(message: EncodedMessage): void {
    if (this.#status.state !== "open") {
      this.#status.drop(message, "closed");
      return;
    }
    try {
      this.#callback(encodeRrd([message], { footer: false }));
      this.#status.sentBytes += message.payload.byteLength;
    } catch (error) {
      this.#status.change("broken", RerunError.from(error));
      this.#status.drop(message, "closed");
    }
  }

  async flush(): Promise<void> {
    if (this.#status.state === "broken") throw this.#status.lastError;
  }

  async close(): Promise<void> {
    this.closeSync();
    if (this.#status.state === "broken") throw this.#status.lastError;
  }

  closeSync(): void {
    if (this.#status.state !== "broken") this.#status.change("closed");
  }

  stats(): SinkStats {
    return this.#status.stats();
  }
}
