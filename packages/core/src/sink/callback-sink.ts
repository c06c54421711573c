import { RerunError } from "../errors/rerun-error.ts";
import { invalidArgument } from "../checks/invalid-value-error.ts";
import { encodeRrd } from "../rrd/encode/rrd-writer.ts";
import type { EncodedMessage } from "../rrd/encode/encoded-message.ts";
import { SimpleSink } from "./simple-sink.ts";

/** Calls a function with each message, as a separate `.rrd` without footer. */
export class CallbackSink extends SimpleSink {
  /** The function gets a copy. */
  readonly isSynchronous = true;
  readonly #callback: (rrd: Uint8Array<ArrayBuffer>) => void;

  /** @param callback is called within logging calls. If it throws, the sink is `broken` */
  constructor(callback: (rrd: Uint8Array<ArrayBuffer>) => void) {
    super("callback");
    if (typeof callback !== "function") throw invalidArgument("callback", "a function that takes bytes", callback);
    this.#callback = callback;
  }

  /** Calls the function with the message. */
  send(message: EncodedMessage): void {
    if (this.status.state !== "open") return this.status.drop(message, "closed");
    try {
      this.#callback(encodeRrd([message], { footer: false }));
      this.status.sentBytes += message.payload.byteLength;
    } catch (error) {
      this.status.change("broken", RerunError.from(error));
      this.status.drop(message, "closed");
    }
  }
}
