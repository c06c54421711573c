import type { EncodedMessage } from "@rerun-ts/core";
import { DeliveryQueue, rowsIn, type DeliveryLimits } from "@rerun-ts/core/transport";
import {
  activationMessage,
  bytesIn,
  chunkMessage,
  storeInfoMessage,
} from "@rerun-ts/test-support/common/encoded-messages";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

const UNLIMITED: DeliveryLimits = { maxQueueBytes: 1e9, maxRetainedBytes: 1e9, policy: "drop-oldest" };

/** Pushes messages and lets the server acknowledge them. */
function deliver(queue: DeliveryQueue, ...messages: readonly EncodedMessage[]): void {
  for (const message of messages) queue.push(message);
  queue.take(Infinity);
  queue.markWritten();
  queue.acknowledge(queue.sentCount);
}

/** A queue that delivers everything and drops nothing, in the simplest way. */
class Model {
  pending: EncodedMessage[] = [];
  sent: EncodedMessage[] = [];
  written = 0;
  acknowledged: EncodedMessage[] = [];

  take(maxBytes: number): void {
    let bytes = 0;
    const fitting = this.pending.findIndex((message) => (bytes += message.payload.byteLength) > maxBytes);
    this.sent.push(...this.pending.splice(0, fitting < 0 ? Infinity : Math.max(1, fitting)));
  }

  acknowledge(count: number): void {
    this.acknowledged.push(...this.sent.splice(0, count));
    this.written = Math.max(0, this.written - count);
  }

  rewind(): void {
    this.pending.unshift(...this.sent.splice(0));
    this.written = 0;
  }
}

/** A step in the life of a queue, done to the queue and to the model. */
type Step = (queue: DeliveryQueue, model: Model) => void;

const steps: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ bytes: fc.nat(50), rows: fc.nat(3) }).map((options): Step => {
    return (queue, model) => {
      const message = chunkMessage(options);
      expect(queue.push(message)).toEqual([]);
      model.pending.push(message);
    };
  }),
  fc.nat(100).map((maxBytes): Step => {
    return (queue, model) => {
      const before = model.sent.length;
      model.take(maxBytes);
      expect(queue.take(maxBytes)).toEqual(model.sent.slice(before));
    };
  }),
  fc.constant<Step>((queue, model) => {
    const { writtenBytes } = queue;
    queue.markWritten();
    expect(queue.writtenBytes - writtenBytes).toBe(bytesIn(model.sent.slice(model.written)));
    model.written = model.sent.length;
  }),
  fc.nat(4).map((count): Step => {
    return (queue, model) => {
      const expected = queue.acknowledgedBytes + bytesIn(model.sent.slice(0, count));
      queue.acknowledge(count);
      model.acknowledge(count);
      expect(queue.acknowledgedBytes).toBe(expected);
    };
  }),
  fc.constantFrom<Step>(
    (queue, model) => {
      queue.rewind();
      model.rewind();
    },
    (queue, model) => {
      queue.restart();
      model.rewind();
    },
  ),
);

describe("DeliveryQueue", () => {
  it("delivers every message in order, whatever becomes of connections", () => {
    fc.assert(
      fc.property(fc.array(steps, { maxLength: 40, size: "max" }), (sequence) => {
        const acknowledged: EncodedMessage[] = [];
        const queue = new DeliveryQueue(UNLIMITED, (message) => acknowledged.push(message));
        const model = new Model();
        for (const step of sequence) step(queue, model);
        const all = [...model.sent, ...model.pending];
        expect(queue.unacknowledged).toEqual(all);
        expect(acknowledged).toEqual(model.acknowledged);
        expect(queue).toMatchObject({
          bytes: bytesIn(all),
          rows: rowsIn(all),
          sentBytes: bytesIn(model.sent),
          sentCount: model.sent.length,
          pendingBytes: bytesIn(all.slice(model.written)),
          hasPending: model.pending.length > 0,
          isEmpty: all.length === 0,
        });
        expect(queue.nextBytes).toBe(model.pending[0]?.payload.byteLength);
        for (const [index, message] of model.sent.entries()) {
          expect(queue.hasSent(message, false)).toBe(index < model.written);
          expect(queue.hasSent(message, true)).toBe(false);
        }
        for (const message of model.acknowledged) expect(queue.hasSent(message, true)).toBe(true);
      }),
    );
  });

  it("drops pending messages only, and never those in flight", () => {
    const queue = new DeliveryQueue({ ...UNLIMITED, maxQueueBytes: 100 });
    const [inFlight, pending, next] = [60, 40, 30].map((bytes) => chunkMessage({ bytes }));
    queue.push(inFlight as EncodedMessage);
    queue.take(1);
    queue.push(pending as EncodedMessage);
    expect(queue.push(next as EncodedMessage)).toEqual([pending]);
    const tooLarge = chunkMessage({ bytes: 41 });
    expect(queue.push(tooLarge)).toEqual([tooLarge]);
    expect(queue.unacknowledged).toEqual([inFlight, next]);
    expect(queue.rows).toBe(2);
  });

  it("takes at least one message, and no more than the largest batch", () => {
    const queue = new DeliveryQueue(UNLIMITED);
    for (const bytes of [100, 10, 10, 10]) queue.push(chunkMessage({ bytes }));
    expect([queue.take(50), queue.take(20), queue.take(15)].map((batch) => batch.length)).toEqual([1, 2, 1]);
    expect(queue.take(15)).toEqual([]);
  });

  it("ignores acknowledgements of messages that were removed in the meantime", () => {
    const queue = new DeliveryQueue(UNLIMITED);
    const messages = [chunkMessage(), chunkMessage()];
    for (const message of messages) queue.push(message);
    queue.take(Infinity);
    queue.markWritten();
    expect(queue.takeAll()).toEqual(messages);
    queue.acknowledge(2);
    expect(queue).toMatchObject({ bytes: 0, rows: 0, pendingBytes: 0, isEmpty: true });
  });

  describe("sends the retained state to another server", () => {
    it("with the store infos first, then what was not acknowledged", () => {
      const queue = new DeliveryQueue(UNLIMITED);
      const info = storeInfoMessage();
      const fixed = chunkMessage({ isStatic: true });
      deliver(queue, fixed, chunkMessage(), info);
      const [inFlight, pending] = [chunkMessage(), chunkMessage()];
      queue.push(inFlight);
      queue.take(1);
      queue.push(pending);
      queue.restart();
      expect(queue.unacknowledged).toEqual([info, fixed, inFlight, pending]);
      expect(queue.rows).toBe(3);
    });

    it("again and again, but once to each", () => {
      const queue = new DeliveryQueue(UNLIMITED);
      const state = [storeInfoMessage(), chunkMessage({ isStatic: true })];
      deliver(queue, ...state);
      for (let server = 0; server < 3; server++) {
        queue.restart();
        // The connection is lost again before anything was sent.
        queue.restart();
        expect(queue.unacknowledged).toEqual(state);
        deliver(queue);
      }
    });

    it("but not to the same server", () => {
      const queue = new DeliveryQueue(UNLIMITED);
      deliver(queue, storeInfoMessage(), chunkMessage({ isStatic: true }));
      queue.rewind();
      expect(queue.isEmpty).toBe(true);
    });

    it("of which the newest static chunk of each entity and set of components is part", () => {
      const queue = new DeliveryQueue(UNLIMITED);
      const one = chunkMessage({ isStatic: true, entityPath: "/one", components: ["a", "b"] });
      const replaced = chunkMessage({ isStatic: true, entityPath: "/one", components: ["a"] });
      const replacement = chunkMessage({ isStatic: true, entityPath: "/one", components: ["a"] });
      const two = chunkMessage({ isStatic: true, entityPath: "/two", components: ["a"] });
      const sameSet = chunkMessage({ isStatic: true, entityPath: "/one", components: ["b", "a"] });
      deliver(queue, one, replaced, two, replacement, sameSet);
      queue.restart();
      expect(queue.unacknowledged).toEqual([two, replacement, sameSet]);
    });

    it("of which only the latest activated blueprint is part, with all its chunks", () => {
      const queue = new DeliveryQueue(UNLIMITED);
      const blueprint = (name: string): EncodedMessage[] => [
        storeInfoMessage(1, name),
        chunkMessage({ blueprint: name }),
        chunkMessage({ blueprint: name }),
        activationMessage(name),
      ];
      deliver(queue, ...blueprint("first"));
      const second = blueprint("second");
      deliver(queue, ...second);
      queue.restart();
      expect(queue.unacknowledged).toEqual(second);
    });

    it("within `maxRetainedBytes`, without the oldest static chunks, but always with the store info", () => {
      const queue = new DeliveryQueue({ ...UNLIMITED, maxRetainedBytes: 100 });
      const info = storeInfoMessage(30);
      const [first, second, third] = ["/1", "/2", "/3"].map((entityPath) =>
        chunkMessage({ bytes: 30, isStatic: true, entityPath }),
      );
      deliver(queue, info, first as EncodedMessage, second as EncodedMessage, third as EncodedMessage);
      queue.restart();
      expect(queue.unacknowledged).toEqual([info, second, third]);
    });
  });

  it("keeps the room of a backlog while restarted servers are sent the retained state again", () => {
    const queue = new DeliveryQueue({ maxQueueBytes: 100, maxRetainedBytes: 1e9, policy: "drop-oldest" });
    const fixed = chunkMessage({ bytes: 90, isStatic: true });
    deliver(queue, fixed);
    for (let count = 0; count < 5; count++) queue.pushBacklog(chunkMessage({ bytes: 100 }));
    for (let restart = 0; restart < 3; restart++) {
      queue.restart();
      queue.take(1);
      queue.markWritten();
      queue.acknowledge(1);
    }
    expect(queue.maxBytes).toBe(600);
    expect(queue.push(chunkMessage({ bytes: 50 }))).toEqual([]);
    queue.take(Infinity);
    queue.acknowledge(queue.sentCount);
    expect(queue.maxBytes).toBe(100);
  });

  it("accepts a backlog whatever the limit, which is back to normal when that has left", () => {
    const queue = new DeliveryQueue({ ...UNLIMITED, maxQueueBytes: 100 });
    for (let count = 0; count < 3; count++) queue.pushBacklog(chunkMessage({ bytes: 100 }));
    expect(queue).toMatchObject({ bytes: 300, maxBytes: 400, rows: 3 });
    expect(queue.push(chunkMessage({ bytes: 100 }))).toEqual([]);
    deliver(queue);
    expect(queue).toMatchObject({ bytes: 0, maxBytes: 100 });
  });
});
