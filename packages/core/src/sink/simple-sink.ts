import { throughProxies } from "../checks/through-proxies.ts";
import { randomId } from "../bytes/random-id.ts";
import type { EncodedMessage } from "../rrd/encode/encoded-message.ts";
import type { RecordingSink, RecordingSinkContext, SinkState, SinkStats } from "./sink.ts";
import { SinkStatus } from "./sink-status.ts";

/** The common part of sinks whose `send` does all the work: they open and close immediately. */
export abstract class SimpleSink implements RecordingSink {
  readonly kind: string;
  readonly key: string;
  protected readonly status: SinkStatus;

  constructor(kind: string, initialState?: SinkState) {
    throughProxies(this);
    this.kind = kind;
    this.key = `${kind}:${randomId()}`;
    this.status = new SinkStatus(kind, initialState);
  }

  open(context: RecordingSinkContext): void {
    this.status.attach(context);
    this.status.change("open");
  }

  abstract send(message: EncodedMessage): void;

  async flush(): Promise<void> {
    this.status.throwIfBroken();
  }

  async close(): Promise<void> {
    this.closeSync();
    this.status.throwIfBroken();
  }

  closeSync(): void {
    if (this.status.state !== "broken") this.status.change("closed");
  }

  /** Returns the statistics of the sink so far. */
  stats(): SinkStats {
    return this.status.stats();
  }
}
