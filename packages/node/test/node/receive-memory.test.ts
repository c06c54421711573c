import { encodeParts, decodeFrame, type PartFrame } from "@rerun-ts/core/internal";
import { FrameReader, ReceiveMemory, RecordReceiver, Relay } from "@rerun-ts/node/internal";
import { describe, expect, it } from "vitest";
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

function place(): { relay: Relay; memory: ReceiveMemory } {
  const relay = new Relay({ memoryLimit: 2 ** 24, isNewestFirst: false, maxReaderBytes: 2 ** 20 });
  return { relay, memory: new ReceiveMemory(100 * KIB) };
}

const kinds: Readonly<Record<string, MakeReceivers>> = {
  gRPC(count) {
    const { relay, memory } = place();
    const receivers = Array.from({ length: count }, (_, index) => {
      const bytes = frameOf(messageOf(`a${index}`, 60 * KIB));
      const reader: FrameReader = new FrameReader(
        memory,
        (...frame) => void relay.writeFrame(...frame),
        () => reader.resume(),
      );
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
      const session = { next: 0, endConnection: undefined, endedAt: Infinity };
      const receiver: RecordReceiver = new RecordReceiver(relay, session, memory, () => receiver.resume());
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
