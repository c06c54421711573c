import { writeVarint } from "@rerun-ts/core/transport";
import { Relay, type RelayMessage, type RelayReader } from "@rerun-ts/node/relay";
import { describe, expect, it, vi } from "vitest";
import { frameOf } from "@rerun-ts/test-support/node/relay-client";
import { messageOf, messagesOf, namesOf, type NamedMessage } from "@rerun-ts/test-support/node/relay-messages";

const KIB = 1024;
const MIB = 1024 * KIB;
/** The order of the messages in Rerun's own test of its server. */
const MIXED = "a1 a2 s1 b1 a3 s2 b2";

interface Place {
  readonly relay: Relay;
  readonly write: (messages: readonly NamedMessage[]) => void;
  readonly read: () => ReaderLog;
}

interface ReaderLog {
  readonly reader: RelayReader;
  readonly dropped: string[];
  /** Takes all available messages. */
  take(): string[];
}

function place({ memoryLimit = 2 ** 30, isNewestFirst = false, maxReaderBytes = MIB } = {}): Place {
  const relay = new Relay({ memoryLimit, isNewestFirst, maxReaderBytes });
  return {
    relay,
    write(messages) {
      for (const message of messages)
        relay.writeEncoded({ ...message, isBlueprint: message.storeId.kind === "blueprint" });
    },
    read() {
      const dropped: string[] = [];
      const reader = relay.subscribe("messages", {
        onReady: () => {},
        onDisconnected: (reason) => dropped.push(reason),
      });
      return {
        reader,
        dropped,
        take() {
          const taken: RelayMessage[] = [];
          for (let message = reader.take(); message !== undefined; message = reader.take()) taken.push(message);
          return namesOf(taken.map(({ logMsg }) => ({ payload: logMsg })));
        },
      };
    },
  };
}

/** The frames of all messages that a reader can take. */
function framesOf(reader: RelayReader): Buffer[] {
  const frames: Buffer[] = [];
  for (let message = reader.take(); message !== undefined; message = reader.take()) frames.push(message.frame);
  return frames;
}

describe("a reader that connects late", () => {
  it.each([
    [false, "b1 b2 s1 s2 a1 a2 a3"],
    [true, "b1 b2 s2 s1 a3 a2 a1"],
  ])("receives persistent messages, static data, then the rest (newest first: %s)", (isNewestFirst, expected) => {
    const { write, read } = place({ isNewestFirst });
    write(messagesOf(MIXED));
    const late = read();
    expect(late.take().join(" ")).toBe(expected);
    write(messagesOf("a4 s3 b3"));
    expect(late.take().join(" ")).toBe("a4 s3 b3");
    expect(late.take()).toEqual([]);
  });

  it("receives arriving messages before the rest of the history, with the newest first", () => {
    const { write, read } = place({ isNewestFirst: true });
    write(messagesOf("a1 a2"));
    const late = read();
    expect(namesOf([{ payload: late.reader.take()?.logMsg ?? Buffer.alloc(0) }])).toEqual(["a2"]);
    write(messagesOf("a3"));
    expect(late.take().join(" ")).toBe("a3 a1");
  });

  it("receives the whole history of its start, even if parts of it are evicted meanwhile", () => {
    const { write, read } = place({ memoryLimit: 20 * KIB });
    write(messagesOf("a1 a2 a3 a4", 4 * KIB));
    const late = read();
    write(messagesOf("a5 a6 a7 a8", 4 * KIB));
    expect(read().take().join(" ")).toBe("a4 a5 a6 a7 a8");
    expect(late.take().join(" ")).toBe("a1 a2 a3 a4 a5 a6 a7 a8");
  });

  it("receives only new messages if the memory limit is 0", () => {
    const { relay, write, read } = place({ memoryLimit: 0 });
    write(messagesOf("i1 a1 s1"));
    const late = read();
    write(messagesOf("a2"));
    expect(late.take()).toEqual(["a2"]);
    expect(relay.history).toMatchObject({ bytes: 0, count: 0 });
  });
});

describe("the history of a relay", () => {
  it("evicts the oldest data with time first, then the oldest static data, and never blueprints", () => {
    const { relay, write, read } = place({ memoryLimit: 54 * KIB });
    write(messagesOf("i1 s1 a1 b1 x1 s2 a2 b2", 8 * KIB));
    expect(read().take().join(" ")).toBe("i1 b1 x1 b2 s1 s2 a2");
    write(messagesOf("b3 b4 b5", 8 * KIB));
    expect(read().take().join(" ")).toBe("i1 b1 x1 b2 b3 b4 b5");
    // The limit may be exceeded by one message, and by the persistent ones.
    expect(relay.history.bytes).toBeLessThan(70 * KIB);
  });

  it("stays within its limit however many messages arrive", () => {
    const { relay, write } = place({ memoryLimit: MIB });
    for (let index = 0; index < 300; index++) write(messagesOf("a1 a2 a3 s1", 4 * KIB));
    expect(relay.history.bytes).toBeLessThan(MIB + 5 * KIB);
    expect(relay.receivedMessages).toBe(1200);
  });

  it("rejects persistent messages once they fill the memory for them", () => {
    const { write } = place({ memoryLimit: MIB });
    expect(() => write(Array.from({ length: 100 }, () => messageOf("b1", MIB)))).toThrow(/fill the memory for them/);
  });

  it("rejects the same store info every time while there is no memory for it, and retains it later", () => {
    const { relay, write, read } = place({ memoryLimit: MIB });
    const info = messageOf("i1", 0, "new");
    const old = Array.from({ length: 100 }, (_, index) => messageOf("i9", MIB, `old${index}`));
    expect(() => write(old)).toThrow(/fill the memory/);
    for (let attempt = 0; attempt < 3; attempt++) expect(() => write([info])).toThrow(/fill the memory/);
    expect(relay.duplicates).toBe(0);
    // Ten minutes later nobody writes the old recordings, which have no data.
    const later = performance.now() + 11 * 60_000;
    vi.spyOn(performance, "now").mockReturnValue(later);
    write([info]);
    vi.restoreAllMocks();
    expect(read().take()).toEqual(["i1"]);
  });

  it("rejects ids that are too long to be retained", () => {
    const { relay } = place();
    const field = (number: number, bytes: Uint8Array): Buffer => {
      const header = Buffer.alloc(16);
      header[0] = number * 8 + 2;
      return Buffer.concat([header.subarray(0, writeVarint(header, 1, bytes.length)), bytes]);
    };
    const store = (id: string): Buffer => field(1, field(2, Buffer.from(id)));
    const chunk = (storeId: string, chunkId: number): Buffer =>
      field(2, Buffer.concat([store(storeId), field(6, Buffer.alloc(chunkId))]));
    expect(relay.write(chunk("r", 18))).toBe("accepted");
    expect(() => relay.write(chunk("r", 65))).toThrow("the id of a store or of a chunk is too long");
    expect(() => relay.write(chunk("r".repeat(5000), 18))).toThrow("the id of a store or of a chunk is too long");
  });

  it("ignores duplicates of retained messages, but not of evicted ones", () => {
    const { relay, write, read } = place({ memoryLimit: 30 * KIB });
    const messages = messagesOf("i1 a1 a2 s1", 6 * KIB);
    write(messages);
    write(messages);
    expect(read().take().join(" ")).toBe("i1 s1 a1 a2");
    expect(relay.duplicates).toBe(4);
    // An evicted message is accepted again.
    write(messagesOf("a3 a4 a5", 6 * KIB));
    write(messages.slice(1, 2));
    expect(read().take()).toContain("a1");
  });

  it("distinguishes chunks with equal ids by their stores", () => {
    const { relay, write, read } = place();
    const original = messageOf("a1");
    const copy = { ...messageOf("a1", 0, "other"), chunkId: original.chunkId };
    // Gives both chunks the same id.
    copy.payload.set(original.payload.subarray(-20), copy.payload.length - 20);
    write([original, copy]);
    expect(read().take()).toEqual(["a1", "a1"]);
    expect([...relay.stores].map(({ id }) => id.recordingId)).toEqual(["r", "other"]);
  });
});

describe("a slow reader", () => {
  it("is disconnected once it needs too much evicted data, without blocking others", () => {
    const { relay, write, read } = place({ memoryLimit: MIB, maxReaderBytes: MIB });
    const [stuck, active] = [read(), read()];
    let taken = 0;
    for (let index = 0; index < 40; index++) {
      write(messagesOf("a1 a2", 100 * KIB));
      taken += active.take().length;
    }
    expect(taken).toBe(80);
    expect(stuck.dropped).toEqual([expect.stringContaining(`more than ${MIB} bytes of otherwise evicted data`)]);
    expect(active.dropped).toEqual([]);
    expect(stuck.take()).toEqual([]);
    expect(relay).toMatchObject({ droppedReaders: 1, readers: new Set([active.reader]) });
  });

  it.each([0, MIB])("receives a message that is larger than all limits (memory limit %i)", (memoryLimit) => {
    const { write, read } = place({ memoryLimit, maxReaderBytes: MIB });
    const reader = read();
    write(messagesOf("a1", 5 * MIB));
    expect(reader.take()).toEqual(["a1"]);
    expect(reader.dropped).toEqual([]);
  });

  it("stays connected while everything that it needs is retained", () => {
    const { write, read } = place({ memoryLimit: 8 * MIB, maxReaderBytes: 0 });
    const slow = read();
    for (let index = 0; index < 30; index++) write(messagesOf("a1 a2", 100 * KIB));
    expect(slow.take()).toHaveLength(60);
    expect(slow.dropped).toEqual([]);
  });

  it("skips evicted history instead of being disconnected, with the newest first", () => {
    const { write, read } = place({ memoryLimit: MIB, maxReaderBytes: MIB, isNewestFirst: true });
    write(messagesOf("a1 a2 a3", 200 * KIB));
    const slow = read();
    for (let index = 0; index < 20; index++) {
      write(messagesOf("a4", 200 * KIB));
      slow.reader.take();
    }
    expect(slow.dropped).toEqual([]);
    expect(slow.take()).toEqual([]);
  });
});

it("readers of a long history take little memory, with the newest first", () => {
  const { relay, write } = place({ memoryLimit: 1024 * MIB, isNewestFirst: true });
  for (let round = 0; round < 100; round++) write(messagesOf(Array.from({ length: 500 }, () => "a1").join(" ")));
  const before = process.memoryUsage().heapUsed;
  const readers = Array.from({ length: 400 }, () =>
    relay.subscribe("messages", { onReady: () => {}, onDisconnected: () => {} }),
  );
  // A list of the history of its own would take 400 kB for each of them.
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(40 * MIB);
  for (const reader of readers) relay.unsubscribe(reader);
});

describe("the bytes of relayed messages", () => {
  it("equal the received frames, for small and large messages", () => {
    const { relay, write } = place();
    const messages = [...messagesOf("i1 a1 a2"), messageOf("a3", 100 * KIB), messageOf("s1")];
    write(messages.slice(0, 2));
    for (const message of messages.slice(2)) {
      const frame = frameOf(message);
      relay.writeFrame(frame, 0, frame.length, frame.length > 50 * KIB);
    }
    const frames = framesOf(relay.subscribe("messages", { onReady: () => {}, onDisconnected: () => {} }));
    const sorted = [0, 4, 1, 2, 3].map((index) => frameOf(messages[index] as NamedMessage));
    expect(Buffer.concat(frames).equals(Buffer.concat(sorted))).toBe(true);
  });

  it("stay the same when the memory in which they were received is used again after a turn of the event loop", async () => {
    const { relay } = place();
    // A static message and a duplicate interrupt the messages that lie next to each other.
    const messages = messagesOf("a1 a2 s1 a3 a4", 100);
    const frames = [...messages, messages[1] as NamedMessage, messageOf("a5", 100)].map(frameOf);
    const received = Buffer.concat(frames);
    let at = 0;
    for (const { length } of frames) relay.writeFrame(received, at, (at += length), false);
    const early = relay.subscribe("messages", { onReady: () => {}, onDisconnected: () => {} });
    const inOrder = [2, 0, 1, 3, 4, 6].map((index) => frames[index] as Buffer);
    const expected = Buffer.concat(inOrder);
    expect(Buffer.concat(framesOf(early)).equals(expected)).toBe(true);
    await new Promise(setImmediate);
    received.fill(0);
    const late = relay.subscribe("messages", { onReady: () => {}, onDisconnected: () => {} });
    const retained = framesOf(late);
    expect(Buffer.concat(retained).equals(expected)).toBe(true);
    expect(retained.filter(({ buffer }) => buffer === received.buffer)).toEqual([]);
    expect(relay.duplicates).toBe(1);
  });

  it("equal the `LogMsg` that was passed to `write`", () => {
    const { relay } = place();
    const logMsg = frameOf(messageOf("a1")).subarray(7);
    expect(relay.write(logMsg)).toBe("accepted");
    expect(relay.write(logMsg)).toBe("duplicate");
    const reader = relay.subscribe("messages", { onReady: () => {}, onDisconnected: () => {} });
    expect(reader.take()?.logMsg.equals(logMsg)).toBe(true);
  });

  it.each([
    ["nothing", Buffer.alloc(0), "missing `msg`"],
    ["an unknown field", Buffer.from([0x7a, 1, 1]), "missing `msg`"],
    ["a field that ends too late", Buffer.from([0x12, 5, 1]), "buffer underflow"],
    ["half a number", Buffer.from([0x80]), "invalid varint"],
    ["a group", Buffer.from([0x0b]), "invalid wire type 3"],
  ])("are rejected if they are malformed: %s", (_, bytes, reason) => {
    const { relay } = place();
    expect(() => relay.write(bytes)).toThrow(reason);
    expect(relay.receivedMessages).toBe(0);
  });
});

it("a relay evicts stores without retained messages", () => {
  const { relay, write } = place({ memoryLimit: 100 * KIB });
  write([messageOf("i1", 0, "opened")]);
  for (let index = 0; index < 25_000; index++) write([messageOf("a1", 0, `r${index}`)]);
  expect(relay.stores.size).toBeLessThan(11_000);
  expect([...relay.stores].map(({ id }) => id.recordingId)).toContain("opened");
});

it("a relay ends when all readers have received everything", async () => {
  const { relay, write, read } = place();
  const reading = read();
  write(messagesOf("a1"));
  let isEnded = false;
  const ended = relay.end().then(() => (isEnded = true));
  await Promise.resolve();
  expect(isEnded).toBe(false);
  expect(reading.take()).toEqual(["a1"]);
  expect(reading.reader.isEnded).toBe(true);
  relay.unsubscribe(reading.reader);
  await ended;
});
