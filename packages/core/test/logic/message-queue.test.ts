import type { EncodedMessage } from "@rerun-ts/core";
import { MessageFifo, MessageQueue } from "@rerun-ts/core/transport";
import {
  activationMessage,
  bytesIn,
  chunkMessage,
  storeInfoMessage,
} from "@rerun-ts/test-support/common/encoded-messages";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

const isTemporal = ({ kind, isStatic }: EncodedMessage): boolean => kind === "chunk" && !isStatic;

/** A message of any kind, in relation to a limit of 100 bytes. */
const anyMessage = fc.record({ kind: fc.nat(9), bytes: fc.integer({ min: 0, max: 120 }) }).map(({ kind, bytes }) => {
  if (kind === 0) return storeInfoMessage(bytes);
  if (kind === 1) return activationMessage("blueprint", bytes);
  return chunkMessage({ bytes, isStatic: kind < 5 });
});
const policies = fc.constantFrom("drop-oldest", "drop-newest");
const chunks = (count: number, bytes: number): EncodedMessage[] =>
  Array.from({ length: count }, () => chunkMessage({ bytes }));

describe.each([
  ["MessageQueue", MessageQueue],
  ["MessageFifo", MessageFifo],
] as const)("%s", (_, Queue) => {
  it("keeps or returns each message once, in order, and never a store info or an activation", () => {
    fc.assert(
      fc.property(policies, fc.array(anyMessage), (policy, messages) => {
        const queue = new Queue(100, policy);
        const dropped = messages.flatMap((message) => queue.push(message));
        expect(queue.messages).toEqual(messages.filter((message) => !dropped.includes(message)));
        expect(dropped.length + queue.length).toBe(messages.length);
        expect(dropped.every(({ kind }) => kind === "chunk")).toBe(true);
        expect(queue.bytes).toBe(bytesIn(queue.messages));
      }),
    );
  });

  it("accepts a chunk only within the limit, unless store infos and activations alone exceed it", () => {
    fc.assert(
      fc.property(policies, fc.array(anyMessage), anyMessage, (policy, messages, last) => {
        const queue = new Queue(100, policy);
        for (const message of [...messages, last]) queue.push(message);
        if (last.kind !== "chunk" || queue.messages.at(-1) !== last || queue.bytes <= 100) return;
        expect(queue.messages.filter(({ kind }) => kind === "chunk")).toEqual([last]);
      }),
    );
  });

  it("drops static chunks only when no temporal chunk is left", () => {
    fc.assert(
      fc.property(fc.array(anyMessage), (messages) => {
        const queue = new Queue(100, "drop-oldest");
        for (const message of messages) {
          const dropped = queue.push(message).filter((one) => one !== message);
          if (dropped.some(({ isStatic }) => isStatic)) {
            expect(queue.messages.filter((one) => one !== message && isTemporal(one))).toEqual([]);
          }
        }
      }),
    );
  });

  it("drops the oldest temporal chunks, an eighth of the limit at once", () => {
    const queue = new Queue(800, "drop-oldest");
    const old = chunks(80, 10);
    for (const message of old) expect(queue.push(message)).toEqual([]);
    expect(queue.push(chunkMessage({ bytes: 10 }))).toEqual(old.slice(0, 10));
    for (const message of chunks(9, 10)) expect(queue.push(message)).toEqual([]);
  });

  it("rejects new temporal chunks with `drop-newest`, but drops old ones for static chunks", () => {
    const queue = new Queue(100, "drop-newest");
    const [first, second, third] = chunks(3, 50) as [EncodedMessage, EncodedMessage, EncodedMessage];
    queue.push(first);
    queue.push(second);
    expect(queue.push(third)).toEqual([third]);
    expect(queue.push(chunkMessage({ bytes: 50, isStatic: true }))).toEqual([first]);
  });

  it("rejects a chunk that is larger than the limit, and drops nothing for it", () => {
    const queue = new Queue(100, "drop-oldest");
    queue.push(chunkMessage({ bytes: 100 }));
    const large = chunkMessage({ bytes: 101, isStatic: true });
    expect(queue.push(large)).toEqual([large]);
    expect(queue.bytes).toBe(100);
  });
});

describe("MessageFifo", () => {
  it("adds what was in a queue before whatever the limit, and returns it in order", () => {
    const queue = new MessageFifo(10, "drop-newest");
    const messages = chunks(3, 10);
    queue.refill(messages);
    expect(queue.bytes).toBe(30);
    expect(queue.shift()).toBe(messages[0]);
    expect(queue.takeAll()).toEqual(messages.slice(1));
    expect([queue.bytes, queue.length, queue.shift()]).toEqual([0, 0, undefined]);
  });

  it("moves messages in constant time, however many there are", () => {
    const queue = new MessageFifo(Infinity, "drop-oldest");
    for (const message of chunks(500_000, 1)) queue.push(message);
    let taken = 0;
    while (queue.shift() !== undefined) taken++;
    expect(taken).toBe(500_000);
  });
});
