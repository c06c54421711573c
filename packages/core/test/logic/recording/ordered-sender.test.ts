import type { EncodedMessage } from "@rerun-ts/core";
import { chunkMessage } from "@rerun-ts/test-support/common/encoded-messages";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { OrderedSender } from "../../../dist/recording/ordered-sender.js";

interface Started {
  readonly sender: OrderedSender;
  /** The numbers of the sent messages, and where drops were merged. */
  readonly log: (number | string)[];
  readonly exclusive: boolean[];
  readonly onSend: { call: (message: EncodedMessage) => void };
  /** The messages 0 to 9. */
  readonly messages: readonly EncodedMessage[];
}

function start(): Started {
  const messages = Array.from({ length: 10 }, () => chunkMessage());
  const log: (number | string)[] = [];
  const exclusive: boolean[] = [];
  const onSend: Started["onSend"] = { call: () => {} };
  const sender = new OrderedSender(
    (message, isExclusive) => {
      log.push(messages.indexOf(message));
      exclusive.push(isExclusive);
      onSend.call(message);
    },
    (send) => {
      log.push("merge");
      send();
      log.push("merged");
    },
  );
  return { sender, log, exclusive, onSend, messages };
}

/** Two messages from one of these on. */
function two(messages: readonly EncodedMessage[], from: number): readonly EncodedMessage[] {
  return messages.slice(from, from + 2);
}

describe("messages are sent in order", () => {
  it("at once, with a note whether their memory is read by nobody else", () => {
    const { sender, log, exclusive, messages } = start();
    sender.send(two(messages, 0), true);
    sender.send(two(messages, 2), false);
    expect([log, exclusive, sender.isSending]).toEqual([[0, 1, 2, 3], [true, true, false, false], false]);
  });

  it("those that are logged meanwhile after all others, with their drops merged, and never as exclusive", () => {
    const { sender, log, exclusive, onSend, messages } = start();
    onSend.call = (message) => {
      expect(sender.isSending).toBe(true);
      if (message === messages[0]) sender.send(two(messages, 4), true);
      if (message === messages[1]) sender.send(two(messages, 6), true);
    };
    sender.send(two(messages, 0), true);
    expect(log).toEqual([0, 1, "merge", 4, 5, 6, 7, "merged"]);
    expect(exclusive).toEqual([true, true, false, false, false, false]);
    expect(sender.isSending).toBe(false);
  });

  it("those that these lead to later, so that there is no endless loop", async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const { sender, log, onSend, messages } = start();
    onSend.call = (message) => {
      if (log.length < 30) sender.send([message], false);
    };
    sender.send([messages[0] as EncodedMessage], false);
    expect(log).toEqual([0, "merge", 0, "merged"]);
    await vi.advanceTimersByTimeAsync(9);
    expect(log.length).toBe(4);
    await vi.advanceTimersByTimeAsync(1);
    expect(log.slice(4)).toEqual(["merge", 0, "merged"]);
    await vi.advanceTimersByTimeAsync(10);
    expect(log.length).toBe(10);
    await vi.advanceTimersByTimeAsync(1000);
    expect(log.length).toBeGreaterThan(29);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("those that these lead to by the next flush, without another timer", () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const { sender, log, onSend, messages } = start();
    onSend.call = (message) => {
      if (log.length < 5) sender.send([message], false);
    };
    sender.send([messages[0] as EncodedMessage], false);
    sender.sendNested();
    expect(log).toEqual([0, "merge", 0, "merged", "merge", 0, "merged"]);
    sender.sendNested();
    expect(log.length).toBe(7);
    expect(vi.getTimerCount()).toBe(1);
  });

  it("without keeping the program running", () => {
    const { sender, onSend, messages } = start();
    const timers: { hasRef?(): boolean }[] = [];
    const { setTimeout: startTimer } = globalThis;
    const spy = vi.spyOn(globalThis, "setTimeout").mockImplementation(((callback: () => void, delay: number) => {
      const timer = startTimer(callback, delay);
      timers.push(timer as never);
      return timer;
    }) as never);
    onTestFinished(() => spy.mockRestore());
    let count = 0;
    onSend.call = (message) => {
      if (count++ < 2) sender.send([message], false);
    };
    sender.send([messages[0] as EncodedMessage], false);
    expect(new Set(timers.map((timer) => timer.hasRef?.()))).toEqual(new Set([false]));
  });

  it("but a flush inside a sink does not reach the sinks", () => {
    const { sender, log, onSend, messages } = start();
    onSend.call = (message) => {
      if (message !== messages[0]) return;
      sender.send([messages[1] as EncodedMessage], false);
      sender.sendNested();
      expect(log).toEqual([0]);
    };
    sender.send([messages[0] as EncodedMessage], false);
    expect(log).toEqual([0, "merge", 1, "merged"]);
  });
});

describe("a sink that throws", () => {
  it("does not keep later messages back", () => {
    const { sender, log, onSend, messages } = start();
    onSend.call = () => {
      onSend.call = () => {};
      throw new Error("lost");
    };
    expect(() => sender.send(two(messages, 0), true)).toThrow("lost");
    sender.send(two(messages, 2), true);
    expect(log).toEqual([0, 2, 3]);
  });

  it("does not keep later messages back if it throws at what was logged meanwhile", () => {
    const { sender, log, onSend, messages } = start();
    onSend.call = (message) => {
      if (message === messages[0]) sender.send(two(messages, 4), false);
      if (message === messages[4]) throw new Error("lost");
    };
    expect(() => sender.send(two(messages, 0), true)).toThrow("lost");
    sender.send(two(messages, 2), true);
    expect(log).toEqual([0, 1, "merge", 4, 2, 3]);
  });
});

describe("a process that ends inside a sink", () => {
  it("sends the message to the other sinks, then those after it and those that were logged meanwhile", () => {
    const { sender, log, onSend, messages } = start();
    onSend.call = (message) => {
      if (message !== messages[1]) return;
      sender.send([messages[9] as EncodedMessage], false);
      sender.resume((current) => log.push(`others ${messages.indexOf(current)}`));
      expect(sender.isSending).toBe(false);
      sender.sendNested();
    };
    sender.send(messages.slice(0, 4), true);
    // The program goes on in this test; a process would have ended.
    expect(log).toEqual([0, 1, "others 1", 2, 3, "merge", 9, "merged"]);
  });

  it("sends nothing again outside of one", () => {
    const { sender, log, messages } = start();
    sender.send(two(messages, 0), true);
    sender.resume(() => log.push("others"));
    expect(log).toEqual([0, 1]);
  });
});
