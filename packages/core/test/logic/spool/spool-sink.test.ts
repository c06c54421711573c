import type { EncodedMessage, SinkStats } from "@rerun-ts/core";
import { SpoolSink, type SpoolStore, type SpoolStoreEvents } from "@rerun-ts/core/storage";
import type { RecordingSinkContext } from "@rerun-ts/core/transport";
import { chunkMessage } from "@rerun-ts/test-support/common/encoded-messages";
import { CollectingSink } from "@rerun-ts/test-support/common/messages";
import { ObservedContext } from "@rerun-ts/test-support/common/observed-context";
import { deferred } from "@rerun-ts/test-support/common/recordings";
import { describe, expect, it } from "vitest";

/** Acknowledges what the test says, and may lose the rest. */
class AcknowledgingSink extends CollectingSink {
  readonly acknowledgements: ReturnType<typeof deferred>[] = [];
  #context: RecordingSinkContext | undefined;

  override open(context: RecordingSinkContext): void {
    this.#context = context;
  }

  override flush(): Promise<void> {
    const acknowledgement = deferred();
    this.acknowledgements.push(acknowledgement);
    return acknowledgement.promise;
  }

  /** Acknowledges the first group of messages that waits for it. */
  async acknowledge(): Promise<void> {
    this.acknowledgements.shift()?.resolve();
    await new Promise((resolve) => setTimeout(resolve));
  }

  lose(): void {
    this.#context?.onDrop({ rows: 1, bytes: 1, reason: "closed" });
  }

  override stats(): SinkStats {
    return { ...super.stats(), state: "open" };
  }
}

/** Stores nothing; the test says what it has removed. */
class EmptyStore implements SpoolStore {
  readonly key = "empty";
  readonly isSynchronous = true;
  /** Whether messages cannot be stored. */
  isFull = false;
  events: SpoolStoreEvents | undefined;

  open(events: SpoolStoreEvents): void {
    this.events = events;
  }

  append({ payload }: EncodedMessage, id: number): void {
    if (this.isFull) this.events?.onUnstored({ id, rows: 1, bytes: payload.byteLength });
  }

  /** Removes a segment with the rows of these messages, one each unless they are counted later. */
  evict(firstId: number, lastId: number, rows: number | Promise<number> = lastId - firstId + 1): void {
    this.events?.onEvicted({ firstId, lastId, rows, bytes: 1, reason: "queue-full" });
  }

  claim(): void {}
  seal(): void {}
  async read(): Promise<undefined> {}
  release(): void {}
  async flush(): Promise<void> {}
  async close(): Promise<void> {}
}

interface Spool {
  readonly spool: SpoolSink;
  readonly store: EmptyStore;
  readonly sink: AcknowledgingSink;
  /** The rows that were reported as dropped. */
  readonly droppedRows: () => number;
}

function openSpool(): Spool {
  const [sink, store, context] = [new AcknowledgingSink(), new EmptyStore(), new ObservedContext()];
  const spool = new SpoolSink(sink, store, () => [], undefined);
  void spool.open(context);
  spool.start();
  return { spool, store, sink, droppedRows: () => context.drops.reduce((sum, { rows }) => sum + rows, 0) };
}

describe("a spool whose sink has lost what was in flight counts as dropped", () => {
  it("nothing that was acknowledged, in whatever order the store has removed it", async () => {
    const { spool, store, sink, droppedRows } = openSpool();
    spool.send(chunkMessage());
    store.isFull = true;
    spool.send(chunkMessage());
    // Making room for the next one removes what is older than the message that did not fit.
    store.evict(1, 1);
    await sink.acknowledge();
    sink.lose();
    expect(droppedRows()).toBe(1);
  });

  it("only the part of a removed segment that was not acknowledged, before and after the loss", async () => {
    const { spool, store, sink, droppedRows } = openSpool();
    for (let row = 0; row < 3; row++) spool.send(chunkMessage());
    await sink.acknowledge();
    store.evict(1, 2);
    sink.lose();
    expect(droppedRows()).toBe(1);
    store.evict(3, 3);
    expect(droppedRows()).toBe(2);
  });

  it("each row once, also if a message that could not be stored is between those of a removed segment", () => {
    const { spool, store, sink, droppedRows } = openSpool();
    spool.send(chunkMessage());
    store.isFull = true;
    spool.send(chunkMessage());
    store.isFull = false;
    spool.send(chunkMessage());
    store.evict(1, 3, 2);
    sink.lose();
    expect(droppedRows()).toBe(3);
  });

  it("what it can no longer store either", () => {
    const { spool, store, sink, droppedRows } = openSpool();
    spool.send(chunkMessage());
    sink.lose();
    store.isFull = true;
    spool.send(chunkMessage());
    expect(droppedRows()).toBe(1);
    expect(sink.messages).toHaveLength(1);
  });
});

it("a spool is closed when the rows are counted that were removed of an earlier program", async () => {
  const { spool, store, droppedRows } = openSpool();
  const rows = deferred();
  store.evict(
    1,
    1,
    rows.promise.then(() => 7),
  );
  const closing = spool.close({ timeoutMs: 0 });
  setTimeout(() => rows.resolve(), 10);
  await closing;
  expect(droppedRows()).toBe(7);
});
