import { LocalDelivery, QueueWriter } from "@rerun-ts/core/transport";
import { chunkMessage } from "@rerun-ts/test-support/common/encoded-messages";
import { expect, it } from "vitest";

/** A writer that sends nothing until it is told to. */
class PausedWriter extends QueueWriter {
  async run(): Promise<void> {
    await this.until(() => false);
  }

  acknowledgeAll(): void {
    this.queue.acknowledge(this.queue.take(Infinity).length);
    this.notify();
  }

  override wake(): void {
    this.notify();
  }
}

it("a flush waits for older messages when the newest one of its time is dropped", async () => {
  let writer: PausedWriter | undefined;
  const drops: number[] = [];
  const delivery = new LocalDelivery(
    {
      limits: { maxQueueBytes: 100, maxRetainedBytes: 0, policy: "drop-oldest" },
      sentWhen: "acknowledged",
      createWriter: (queue) => (writer = new PausedWriter(queue)),
    },
    {
      onState: () => {},
      onDrop: ({ rows }) => drops.push(rows),
      onFailure: () => {},
      onWarning: () => {},
      onRelease: () => {},
      flushRows: () => {},
    },
  );
  delivery.send(chunkMessage({ bytes: 10, isStatic: true }), false);
  delivery.send(chunkMessage({ bytes: 10 }), false);
  let isFlushed = false;
  const flushed = delivery.flush(true).then(() => (isFlushed = true));
  delivery.send(chunkMessage({ bytes: 90 }), false);
  expect(drops).toEqual([1]);
  await new Promise((resolve) => setTimeout(resolve));
  expect(isFlushed).toBe(false);
  writer?.acknowledgeAll();
  await flushed;
  delivery.abort();
});
