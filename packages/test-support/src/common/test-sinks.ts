import type { SinkState, SinkStats } from "@rerun-ts/core";
import type { RecordingSinkContext } from "@rerun-ts/core/transport";
import { CollectingSink } from "./messages.ts";
import { deferred } from "./recordings.ts";

/** A sink that is open when `opening` is resolved. */
export class SlowlyOpeningSink extends CollectingSink {
  override readonly key: string;
  readonly opening = deferred();
  isClosed = false;

  constructor(key = "slowly-opening") {
    super();
    this.key = key;
  }

  override open(_context: RecordingSinkContext): Promise<void> {
    return this.opening.promise;
  }

  override async close(): Promise<void> {
    this.isClosed = true;
  }
}

/** A sink that has delivered its messages when `sending` is resolved. */
export class StuckSink extends CollectingSink {
  override readonly key = "stuck";
  readonly sending = deferred();

  override flush(): Promise<void> {
    return this.sending.promise;
  }

  override close(): Promise<void> {
    return this.sending.promise;
  }

  override stats(): SinkStats {
    return { ...super.stats(), queuedBytes: this.messages.reduce((sum, { payload }) => sum + payload.byteLength, 0) };
  }
}

/** A sink that accepts messages, but fails to deliver them. */
export class FailingSink extends CollectingSink {
  override readonly key = "failing";
  readonly failure = new Error("nothing gets through");
  #state: SinkState = "open";

  override async flush(): Promise<void> {
    this.#state = "broken";
    throw this.failure;
  }

  override async close(): Promise<void> {
    throw this.failure;
  }

  override stats(): SinkStats {
    return { ...super.stats(), state: this.#state };
  }
}
