import { describe, expect, it } from "vitest";
import type { EncodedMessage } from "../../../dist/rrd/encode/encoded-message.js";
import { RetainedQueue } from "../../../dist/spool/retained-queue.js";

function messageOf(bytes: number): EncodedMessage {
  return { payload: new Uint8Array(bytes) } as unknown as EncodedMessage;
}

describe("the retained state on its way", () => {
  const [one, two, three] = [messageOf(1), messageOf(20), messageOf(300)];

  it("has the newest message for each key, in the order in which they came", () => {
    const flight = new RetainedQueue();
    flight.add("a", one);
    flight.add("b", two);
    expect([flight.size, flight.bytes]).toEqual([2, 21]);
    flight.add("a", three);
    expect([flight.size, flight.bytes]).toEqual([2, 320]);
    expect(flight.take()).toEqual(["b", two]);
    expect([flight.size, flight.bytes]).toEqual([1, 300]);
    expect(flight.take()).toEqual(["a", three]);
    expect([flight.take(), flight.size, flight.bytes]).toEqual([undefined, 0, 0]);
  });

  it("returns a message that is removed before it was passed on", () => {
    const flight = new RetainedQueue();
    flight.add("a", one);
    expect(flight.remove("a", false)).toBe(one);
    expect([flight.size, flight.bytes, flight.remove("a", true)]).toEqual([0, 0, undefined]);
  });

  it("returns a message that was passed on and removed once the sink has lost it", () => {
    const flight = new RetainedQueue();
    for (const [key, message] of [
      ["a", one],
      ["b", two],
      ["c", three],
    ] as const) {
      flight.add(key, message);
      flight.take();
    }
    expect(flight.remove("a", false)).toBeUndefined();
    expect(flight.remove("b", true)).toBe(two);
    expect(flight.remove("b", true)).toBeUndefined();
    expect(flight.endFlight()).toEqual([one]);
    expect(flight.endFlight()).toEqual([]);
  });

  it("has no message that was acknowledged, unless a newer one with its key is in flight", () => {
    const flight = new RetainedQueue();
    for (const message of [one, two]) {
      flight.add("a", message);
      flight.take();
    }
    flight.acknowledge("a");
    flight.remove("a", false);
    expect(flight.endFlight()).toEqual([two]);
    flight.add("a", three);
    flight.take();
    flight.acknowledge("a");
    flight.acknowledge("none");
    expect(flight.remove("a", true)).toBeUndefined();
    expect(flight.endFlight()).toEqual([]);
  });

  it("has none of several messages with one key when each of them was acknowledged", () => {
    for (const acknowledged of [1, 2, 3]) {
      const flight = new RetainedQueue();
      for (const message of [one, two, three]) {
        flight.add("a", message);
        flight.take();
      }
      for (let count = 0; count < acknowledged; count++) flight.acknowledge("a");
      expect(flight.remove("a", false)).toBeUndefined();
      expect(flight.endFlight()).toEqual(acknowledged === 3 ? [] : [three]);
    }
  });
});
