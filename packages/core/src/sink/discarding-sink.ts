import type { EncodedMessage } from "../rrd/encode/encoded-message.ts";
import { SimpleSink } from "./simple-sink.ts";

/** The sink of a recording after `setSinks([])`: drops and counts everything. */
export class DiscardingSink extends SimpleSink {
  readonly isSynchronous = true;

  constructor() {
    super("none", "open");
  }

  send(message: EncodedMessage): void {
    this.status.drop(message, "no-sink");
  }
}
