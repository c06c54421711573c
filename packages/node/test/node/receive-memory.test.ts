import { encodeParts, decodeFrame, type PartFrame } from "@rerun-ts/core/transport";
import { GrpcFrameReader, ReceiveMemory, RecordReceiver, Relay } from "@rerun-ts/node/relay";
import { afterEach, describe, expect, it, vi } from "vitest";
import { frameOf } from "@rerun-ts/test-support/node/relay-client";
import { messageOf } from "@rerun-ts/test-support/node/relay-messages";

const KIB = 1024;

/** Something that receives a large message in pieces, and may have to wait for memory. */
interface Receiver {
  readonly isWaiting: boolean;
  push(piece: number): void;
  release(): void;
}

/** Creates receivers that share a memory of 100 KiB. Each of their messages has 60 KiB, in pieces of 1 KiB. */
type MakeReceivers = (count: number) => { receivers: readonly Receiver[]; relay: Relay; memory: ReceiveMemory };

function fail({ message }: Error): void {
  expect.fail(message);
}

function place(): { relay: Relay; memory: ReceiveMemory } {
  const relay = new Relay({ memoryLimit: 2 ** 24, isNewestFirst: false, maxReaderBytes: 2 ** 20 });
  return { relay, memory: new ReceiveMemory({ maxBytes: 100 * KIB, reserveBytes: 0 }) };
}

const kinds: Readonly<Record<string, MakeReceivers>> = {
  gRPC(count) {
    const { relay, memory } = place();
    const receivers = Array.from({ length: count }, (_, index) => {
      const bytes = frameOf(messageOf(`a${index}`, 60 * KIB));
      const reservation = memory.reserve({}, { onRoom: () => reader.resume(), onExpired: fail });
      const reader: GrpcFrameReader = new GrpcFrameReader(reservation, (...frame) => void relay.writeFrame(...frame));
      return {
        get isWaiting() {
          return reader.isWaiting;
        },
        push: (piece: number) => reader.push(bytes.subarray(piece * KIB, (piece + 1) * KIB)),
        release: () => reader.release(),
      };
    });
    return { receivers, relay, memory };
  },
  WebSockets(count) {
    const { relay, memory } = place();
    const receivers = Array.from({ length: count }, (_, index) => {
      const parts = Array.from(
        encodeParts(0, messageOf(`a${index}`, 60 * KIB), KIB),
        (pieces) => decodeFrame(Buffer.concat(pieces)) as PartFrame,
      );
      const session = {
        failuresBefore: 0,
        next: 0,
        endConnection: undefined,
        upstream: undefined,
        endedAt: Infinity,
      };
      const reservation = memory.reserve({}, { onRoom: () => receiver.resume(), onExpired: fail });
      const receiver: RecordReceiver = new RecordReceiver(relay, session, reservation);
      return {
        get isWaiting() {
          return receiver.isWaiting;
        },
        push(piece: number) {
          const part = parts[piece];
          if (part !== undefined) receiver.receive(part);
        },
        release: () => receiver.release(),
      };
    });
    return { receivers, relay, memory };
  },
};

describe.for(Object.entries(kinds))("large messages over %s that fill the memory for incomplete ones", ([, make]) => {
  it("wait for each other, and are all accepted", async () => {
    const { receivers, relay, memory } = make(5);
    // All of them grow at the same time.
    for (let piece = 0; piece < 70; piece++) for (const receiver of receivers) receiver.push(piece);
    expect(receivers.filter(({ isWaiting }) => isWaiting)).not.toHaveLength(0);
    await expect.poll(() => relay.receivedMessages).toBe(5);
    expect(receivers.filter(({ isWaiting }) => isWaiting)).toHaveLength(0);
    expect(memory.bytes).toBe(0);
  });

  it("go on when a connection ends that held the memory", async () => {
    const { receivers, relay, memory } = make(3);
    for (let piece = 0; piece < 30; piece++) for (const receiver of receivers) receiver.push(piece);
    const [first, second, third] = receivers as [Receiver, Receiver, Receiver];
    second.release();
    third.release();
    for (let piece = 30; piece < 70; piece++) first.push(piece);
    await expect.poll(() => relay.receivedMessages).toBe(1);
    expect(memory.bytes).toBe(0);
  });
});

describe("the memory for incomplete messages", () => {
  afterEach(() => void vi.useRealTimers());

  /** A reservation, and what has become of it. */
  function reservationOf(memory: ReceiveMemory, connection: object) {
    const state = { error: "", hasRoom: false };
    const reservation = memory.reserve(connection, {
      onRoom: () => (state.hasRoom = true),
      onExpired: ({ message }) => (state.error = message),
    });
    return { reservation, state };
  }

  it("belongs to all connections: one has a share of it, and others have the rest", () => {
    const memory = new ReceiveMemory({ maxBytes: 100, maxConnectionBytes: 25, reserveBytes: 0, smallBytes: 0 });
    const [greedy, other] = [{}, {}];
    const reservations = Array.from({ length: 10 }, () => reservationOf(memory, greedy).reservation);
    // One of them may exceed the limits, so that they do not wait for each other.
    expect(reservations.slice(0, 8).filter((reservation) => reservation.grow(10))).toHaveLength(3);
    expect(reservationOf(memory, other).reservation.grow(60)).toBe(true);
  });

  it("has a reserve for a small message of a connection without others", () => {
    const memory = new ReceiveMemory({ maxBytes: 100, reserveBytes: 50, smallBytes: 10 });
    const greedy = Array.from({ length: 4 }, () => reservationOf(memory, {}).reservation);
    expect(greedy.map((reservation) => reservation.grow(90))).toEqual([true, true, false, false]);
    greedy[1]?.release();
    for (let count = 0; count < 6; count++) expect(reservationOf(memory, {}).reservation.grow(10)).toBe(true);
    expect(memory.bytes).toBe(150);
  });

  it("rejects further messages of a connection of which many wait", () => {
    const memory = new ReceiveMemory({ maxBytes: 10, reserveBytes: 0 });
    const connection = {};
    expect(reservationOf(memory, {}).reservation.grow(20)).toBe(true);
    for (let count = 0; count < 8; count++) expect(reservationOf(memory, connection).reservation.grow(10)).toBe(false);
    expect(() => reservationOf(memory, connection).reservation.grow(10)).toThrow(
      "too many messages of the connection wait",
    );
  });

  it("is taken from messages that come slowly while others wait, and given to those", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    const memory = new ReceiveMemory({ maxBytes: 100, reserveBytes: 0 });
    const slow = Array.from({ length: 4 }, () => reservationOf(memory, {}));
    // The second one may exceed the limit.
    expect(slow.map(({ reservation }) => reservation.grow(60))).toEqual([true, true, false, false]);
    const waiting = reservationOf(memory, {});
    expect(waiting.reservation.grow(60)).toBe(false);
    for (let second = 0; second < 4; second++) {
      for (const { reservation, state } of slow) if (state.error === "") reservation.receive(1);
      vi.advanceTimersByTime(1000);
    }
    expect(slow.filter(({ state }) => state.error !== "")).not.toHaveLength(0);
    await expect.poll(() => waiting.state.hasRoom).toBe(true);
    expect(waiting.reservation.grow(60)).toBe(true);
  });

  it("is left to a message whose next piece is on its way", () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    const memory = new ReceiveMemory();
    let bytesRead = 0;
    let error = "";
    const owner = {
      onRoom() {},
      onExpired: ({ message }: Error) => void (error = message),
      bytesRead: () => bytesRead,
    };
    memory.reserve({}, owner).grow(10);
    for (; bytesRead < 100; bytesRead++) vi.advanceTimersByTime(1000);
    expect(error).toBe("");
    vi.advanceTimersByTime(20_000);
    expect(error).toContain("no part of a message came");
  });

  it("is left to messages that come slowly while nobody waits", () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    const memory = new ReceiveMemory({ maxBytes: 100, reserveBytes: 0 });
    const { reservation, state } = reservationOf(memory, {});
    reservation.grow(90);
    for (let second = 0; second < 100; second++) {
      if (second % 5 === 0) reservation.receive(1);
      vi.advanceTimersByTime(1000);
    }
    expect(state.error).toBe("");
  });
});
