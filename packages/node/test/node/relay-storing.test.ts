import { takenRecordings } from "@rerun-ts/test-support/common/taken-recordings";
import { randomBytes } from "node:crypto";
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
  readlinkSync,
} from "node:fs";
import { join } from "node:path";
import { decodeRrd, readEncodedMessages } from "@rerun-ts/core/decode";
import { withStoreId } from "@rerun-ts/core/rrd";
import { decodeFrame, encodeData, encodeHello } from "@rerun-ts/core/transport";
import type { EncodedMessage } from "@rerun-ts/core";
import { RecordingStream, Scalars, Tensor } from "@rerun-ts/node";
import {
  FooterMemory,
  RecordingFiles,
  Relay,
  RelayRecorder,
  RelayServer,
  type MessageRecorder,
} from "@rerun-ts/node/relay";
import { afterAll, afterEach, describe, expect, it, vi } from "vitest";
import { WebSocket } from "ws";
import { Http2Client, frameOf, httpUrl, methodUrl } from "@rerun-ts/test-support/node/relay-client";
import { messageOf, namesOf } from "@rerun-ts/test-support/node/relay-messages";
import { makeTemporaryFolder } from "@rerun-ts/test-support/node/temporary-folder";
import { openFileLimit } from "../../dist/relay/open-file-limit.js";

const folder = makeTemporaryFolder();
afterAll(() => folder.remove());
const UNAVAILABLE = 14;
const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

/** A recorder that stores only when the test lets it. */
class HeldRecorder implements MessageRecorder {
  failure: Error | undefined;

  get failures(): number {
    return this.failure === undefined ? 0 : 1;
  }

  prepare(): Error | undefined {
    return this.failure;
  }

  readonly added: string[] = [];
  #stored: (() => void)[] = [];

  add({ logMsg }: { readonly logMsg: Buffer }): void {
    this.added.push(...namesOf([{ payload: logMsg }]));
  }

  store(): Promise<void> {
    return new Promise((resolve) => this.#stored.push(resolve));
  }

  finish(): void {
    for (const resolve of this.#stored.splice(0)) resolve();
  }
}

async function serve(recorder: MessageRecorder): Promise<{ readonly server: RelayServer; readonly url: string }> {
  const server = new RelayServer({
    port: 0,
    tls: undefined,
    bindIp: "127.0.0.1",
    allowHosts: [],
    corsAllowOrigin: [],
    writeToken: undefined,
    readToken: undefined,
    memoryLimit: 2 ** 26,
    isNewestFirst: false,
    maxReaderBytes: 2 ** 26,
  });
  server.relay.record(recorder);
  const port = await server.listen();
  open.push({ close: () => server.close(100) });
  return { server, url: `rerun+http://127.0.0.1:${port}/proxy` };
}

type Send = (url: string, message: EncodedMessage) => Promise<string>;

/** Writes a message over each transport; resolves to how it was acknowledged or rejected. */
const transports: Readonly<Record<string, Send>> = {
  async gRPC(url, message) {
    const client = new Http2Client(url);
    open.push(client);
    return `status ${(await client.call("WriteMessages", frameOf(message))).status}`;
  },
  async "gRPC-web"(url, message) {
    const headers = { "content-type": "application/grpc-web+proto" };
    const response = await fetch(methodUrl(url, "WriteMessages"), { method: "POST", headers, body: frameOf(message) });
    return `status ${/(?<=grpc-status:)\d+/.exec(await response.text())?.[0]}`;
  },
  async WebSocket(url, message) {
    const socket = new WebSocket(`${httpUrl(url).replace("http", "ws")}/ws`, ["rerun-ts.v1"]);
    open.push({ close: () => socket.terminate() });
    const session = randomBytes(16);
    socket.on("open", () => {
      socket.send(encodeHello({ version: 1, session, first: 0, applicationId: "a", recordingId: "r", software: "t" }));
      socket.send(encodeData(0, [message]));
    });
    return new Promise((resolve) => {
      socket.on("message", (data: Buffer) => {
        const frame = decodeFrame(data);
        if (frame.type === "ack" && frame.next === 1) resolve("status 0");
        if (frame.type === "error") resolve(`status ${frame.code}`);
      });
    });
  },
};

describe.for(Object.entries(transports))("a relay with a recorder acknowledges a message over %s", ([, send]) => {
  it("not before it is stored", async () => {
    const recorder = new HeldRecorder();
    const { url } = await serve(recorder);
    let result = "not acknowledged";
    void send(url, messageOf("a1")).then((status) => (result = status));
    await expect.poll(() => recorder.added).toEqual(["a1"]);
    // Time for an acknowledgement, if there was one.
    for (let round = 0; round < 3; round++) await fetch(`${httpUrl(url)}/healthz`);
    expect(result).toBe("not acknowledged");
    await expect.poll(() => (recorder.finish(), result)).toBe("status 0");
  });

  it("never if it cannot be stored, nor any later one", async () => {
    const recorder = new HeldRecorder();
    const { url } = await serve(recorder);
    const first = send(url, messageOf("a1"));
    await expect.poll(() => recorder.added).toEqual(["a1"]);
    recorder.failure = new Error("the disk is full");
    const finishing = setInterval(() => recorder.finish(), 5);
    expect(await first).toBe(`status ${UNAVAILABLE}`);
    expect(await send(url, messageOf("a2"))).toBe(`status ${UNAVAILABLE}`);
    expect(recorder.added).toEqual(["a1"]);
    clearInterval(finishing);
  });

  it("never if an error is thrown, and goes on", async () => {
    const recorder = new HeldRecorder();
    const { url, server } = await serve(recorder);
    const add = recorder.add.bind(recorder);
    recorder.add = () => {
      throw new RangeError("out of memory");
    };
    expect(await send(url, messageOf("a1"))).toBe("status 13");
    expect(server.stats().refused).toBe(1);
    recorder.add = add;
    const finishing = setInterval(() => recorder.finish(), 5);
    expect(await send(url, messageOf("a2"))).toBe("status 0");
    clearInterval(finishing);
  });

  it.each(["never", "every-ack"] as const)("when it is in the file (fsync: %s)", async (fsync) => {
    const path = join(folder.path, `${fsync}.rrd`);
    const recorder = new RelayRecorder(path, { fsync, onWarning: (message) => expect.fail(message) });
    recorder.start();
    const { url } = await serve(recorder);
    const messages = realMessages();
    for (const [index, message] of messages.entries()) {
      expect(await send(url, message)).toBe("status 0");
      expect(readEncodedMessages(readFileSync(path))).toHaveLength(index + 1);
      for (const one of open.splice(1)) one.close();
    }
    recorder.close();
  });
});

describe("RelayRecorder", () => {
  function record(
    messages: readonly EncodedMessage[],
    prefix = new Uint8Array(),
  ): { path: string; warnings: string[] } {
    const path = join(folder.path, `${randomBytes(8).toString("hex")}.rrd`);
    const warnings: string[] = [];
    const recorder = new RelayRecorder(path, { fsync: "never", onWarning: (warning) => warnings.push(warning) });
    const relay = new Relay({ memoryLimit: 0, isNewestFirst: false, maxReaderBytes: 2 ** 20 });
    recorder.start();
    relay.record(recorder);
    for (const message of messages) relay.write(Buffer.concat([prefix, logMsgOf(message)]));
    recorder.close();
    return { path, warnings };
  }

  it("stores messages of a later version, whose `LogMsg` begins with an unknown field", () => {
    const messages = realMessages();
    const { path, warnings } = record(messages, Uint8Array.of(15 * 8 + 2, 3, 1, 2, 3));
    expect(warnings).toEqual([]);
    expect(readEncodedMessages(readFileSync(path)).map(({ payload }) => payload)).toEqual(
      messages.map(({ payload }) => payload),
    );
  });

  it("stores a message that is larger than all limits of readers and of the history", () => {
    const tensor = new Tensor(randomBytes(8 * 2 ** 20));
    const { path, warnings } = record(realMessages((recording) => recording.log("tensor", tensor)));
    expect(warnings).toEqual([]);
    expect(decodeRrd(readFileSync(path)).at(-1)).toMatchObject({ kind: "end", footer: expect.anything() });
  });

  it("stores small messages that decompress to gigabytes without reading them for the footer", () => {
    const zeros = new Tensor(new Uint8Array(16 * 2 ** 20));
    const messages = realMessages((recording) => {
      for (let index = 0; index < 32; index++) recording.log("tensor", zeros);
    });
    // What may be decompressed grows with time; here none passes.
    vi.spyOn(performance, "now").mockReturnValue(performance.now());
    const { path, warnings } = record(messages);
    vi.restoreAllMocks();
    expect(warnings).toEqual([
      expect.stringMatching(/has no footer: a chunk of \d+ bytes has 167\d+ bytes uncompressed/),
    ]);
    expect(decodeRrd(readFileSync(path))).toHaveLength(messages.length);
    forgetGigabytes();
  });
});

/** What other programs do to a file while it is written. */
const changes: Readonly<Record<string, (path: string) => void>> = {
  removed: (path) => rmSync(path),
  emptied: (path) => writeFileSync(path, ""),
  "written by another program": (path) => appendFileSync(path, "something else"),
};

describe.for(Object.entries(changes))("a file that is %s while a relay writes it", ([, change]) => {
  const rows = (recording: RecordingStream): void => {
    for (let row = 0; row < 4; row++) recording.log("rows", new Scalars(row));
  };
  const contentsOf = (path: string): string | undefined =>
    existsSync(path) ? readFileSync(path, "latin1") : undefined;

  it("ends the recording with an error, so that nothing more is acknowledged", () => {
    const path = join(folder.path, `${randomBytes(8).toString("hex")}.rrd`);
    const warnings: string[] = [];
    const recorder = new RelayRecorder(path, { fsync: "never", onWarning: (warning) => warnings.push(warning) });
    const relay = new Relay({ memoryLimit: 2 ** 26, isNewestFirst: false, maxReaderBytes: 2 ** 20 });
    recorder.start();
    relay.record(recorder);
    const messages = realMessages(rows).map(logMsgOf);
    for (const message of messages.slice(0, 3)) relay.write(message);
    void recorder.store();
    change(path);
    const contents = contentsOf(path);
    for (const message of messages.slice(3)) relay.write(message);
    void recorder.store();
    expect(recorder.failure).toMatchObject({
      code: "IO_ERROR",
      message: expect.stringContaining("another program has"),
    });
    expect(warnings).toEqual([recorder.failure?.message]);
    recorder.close();
    expect(contentsOf(path)).toBe(contents);
  });

  it("is followed by another one for its recording, where each recording has a file", async () => {
    const path = join(folder.path, randomBytes(8).toString("hex"));
    const warnings: string[] = [];
    const onWarning = (warning: string): unknown => warnings.push(warning);
    const files = new RecordingFiles(join(path, "{recording}.rrd"), { fsync: "never", onWarning });
    const relay = new Relay({ memoryLimit: 2 ** 26, isNewestFirst: false, maxReaderBytes: 2 ** 20 });
    relay.record(files);
    const write = async (messages: readonly EncodedMessage[]): Promise<void> => {
      for (const message of messages) relay.write(logMsgOf(message));
      await new Promise<void>((resolve) => relay.whenStored(0, () => resolve()));
    };
    const messages = realMessages(rows, "one");
    await write(messages.slice(0, 3));
    change(join(path, "one.rrd"));
    await write(messages.slice(3));
    files.close();
    expect(files.failure).toBeUndefined();
    expect(warnings).toEqual([expect.stringMatching(/one.rrd ends early.*goes on in another file/)]);
    const newest = readdirSync(path).find((file) => file !== "one.rrd") ?? "one.rrd";
    const kinds = readEncodedMessages(readFileSync(join(path, newest))).map(({ kind }) => kind);
    expect(kinds).toEqual(["storeInfo", ...messages.slice(3).map(({ kind }) => kind)]);
  });
});

it("a relay keeps half of the allowed files open, at least 256 and no more than there are recordings", () => {
  const limits = (soft: string): string =>
    `Limit                     Soft Limit           Hard Limit           Units\nMax open files            ${soft}                 524288               files`;
  expect(["1024", "20000", "524288", "unlimited"].map((soft) => openFileLimit(10_000, limits(soft)))).toEqual([
    512, 10_000, 10_000, 10_000,
  ]);
  expect(openFileLimit(10_000, "")).toBe(256);
});

describe("RecordingFiles", () => {
  interface Recorded {
    readonly files: RecordingFiles;
    readonly relay: Relay;
    readonly path: string;
    readonly warnings: string[];
  }

  /** Fewer files than a relay keeps open by default. */
  const MAX_OPEN = 16;

  function recordFiles(pattern = "{recording}.rrd", fsync: "never" | "every-ack" = "never"): Recorded {
    const path = join(folder.path, randomBytes(8).toString("hex"));
    mkdirSync(path);
    const warnings: string[] = [];
    const onWarning = (warning: string): unknown => warnings.push(warning);
    const files = new RecordingFiles(join(path, pattern), { fsync, onWarning }, MAX_OPEN);
    const relay = new Relay({ memoryLimit: 2 ** 26, isNewestFirst: false, maxReaderBytes: 2 ** 20 });
    relay.record(files);
    return { files, relay, path, warnings };
  }

  /** Writes the n-th message of each recording, then the next of each. */
  async function writeInTurns({ relay }: Recorded, recordings: readonly (readonly EncodedMessage[])[]): Promise<void> {
    const rounds = Math.max(...recordings.map(({ length }) => length));
    // Each message is stored by itself.
    for (let round = 0; round < rounds; round++)
      for (const messages of recordings) {
        const message = messages[round];
        if (message !== undefined) relay.write(logMsgOf(message));
        relay.whenStored(0, () => {});
      }
    await new Promise<void>((resolve) => relay.whenStored(0, () => resolve()));
  }

  const rows = (recording: RecordingStream): void => {
    recording.log("mesh", new Scalars(0), { static: true });
    for (let row = 0; row < 4; row++) recording.log("rows", new Scalars(row));
  };

  it.for(["never", "every-ack"] as const)(
    "writes one complete file for each of more recordings than files may be open (fsync: %s)",
    async (fsync) => {
      const recorded = recordFiles("{recording}.rrd", fsync);
      const count = 3 * MAX_OPEN;
      const recordings = Array.from({ length: count }, (_, index) => realMessages(rows, `run${index}`));
      await writeInTurns(recorded, recordings);
      const openFiles = openFilesIn(recorded.path);
      expect(openFiles).toBeGreaterThan(0);
      expect(openFiles).toBeLessThanOrEqual(MAX_OPEN);
      recorded.files.close();
      expect(openFilesIn(recorded.path)).toBe(0);
      expect(recorded.warnings).toEqual([]);
      expect(readdirSync(recorded.path)).toHaveLength(count);
      for (const [index, messages] of recordings.entries()) {
        const bytes = readFileSync(join(recorded.path, `run${index}.rrd`));
        expect(payloadsOf(readEncodedMessages(bytes)).equals(payloadsOf(messages))).toBe(true);
        expect(decodeRrd(bytes).at(-1)).toMatchObject({ kind: "end", footer: expect.anything() });
      }
    },
  );

  it("rejects a recording whose file cannot be written, and stores all others", async () => {
    const recorded = recordFiles("{application}/{recording}.rrd");
    const { files, relay, path, warnings } = recorded;
    // The name of the folder for the application is that of a file.
    writeFileSync(join(path, "blocked"), "");
    const blocked = realMessages(rows, "b", "blocked");
    const others = [realMessages(rows, "one", "free"), realMessages(rows, "two", "free")];
    await writeInTurns(
      recorded,
      others.map((messages) => messages.slice(0, 3)),
    );
    for (const message of blocked)
      expect(() => relay.write(logMsgOf(message))).toThrow(expect.objectContaining({ status: UNAVAILABLE }));
    const stored = new Promise<unknown>((resolve) => relay.whenStored(relay.storeFailures, resolve));
    expect(await stored).toBeUndefined();
    await writeInTurns(
      recorded,
      others.map((messages) => messages.slice(3)),
    );
    files.close();
    expect(warnings).toEqual([expect.stringMatching(/blocked.*; other recordings go on$/)]);
    for (const [index, name] of ["one", "two"].entries()) {
      const bytes = readFileSync(join(path, "free", `${name}.rrd`));
      expect(payloadsOf(readEncodedMessages(bytes)).equals(payloadsOf(others[index] ?? []))).toBe(true);
    }
  });

  it("finishes a file that was moved while it is open", async () => {
    const recorded = recordFiles();
    const moved = realMessages(rows, "moved");
    await writeInTurns(recorded, [moved.slice(0, 3)]);
    const elsewhere = join(recorded.path, "elsewhere.rrd");
    renameSync(join(recorded.path, "moved.rrd"), elsewhere);
    await writeInTurns(recorded, [moved.slice(3)]);
    recorded.files.close();
    expect([recorded.warnings, recorded.files.failure]).toEqual([[], undefined]);
    const bytes = readFileSync(elsewhere);
    expect(payloadsOf(readEncodedMessages(bytes)).equals(payloadsOf(moved))).toBe(true);
    expect(decodeRrd(bytes).at(-1)).toMatchObject({ kind: "end", footer: expect.anything() });
  });

  it("goes on in another file if one was moved away, and begins it with what opens the recording", async () => {
    const recorded = recordFiles();
    const moved = realMessages(rows, "moved");
    await writeInTurns(recorded, [moved.slice(0, 3)]);
    // So many others are written that the file is closed.
    const others = Array.from({ length: MAX_OPEN }, (_, index) => realMessages(rows, `run${index}`).slice(0, 1));
    await writeInTurns(recorded, others);
    renameSync(join(recorded.path, "moved.rrd"), join(recorded.path, "elsewhere.rrd"));
    await writeInTurns(recorded, [moved.slice(3)]);
    recorded.files.close();
    expect(recorded.warnings).toEqual([expect.stringMatching(/moved.rrd ends early.*goes on in another file/)]);
    expect(recorded.files.failure).toBeUndefined();
    const kinds = (name: string): string[] =>
      readEncodedMessages(readFileSync(join(recorded.path, name))).map(({ kind }) => kind);
    expect(kinds("elsewhere.rrd")).toEqual(moved.slice(0, 3).map(({ kind }) => kind));
    expect(kinds("moved.rrd")).toEqual(["storeInfo", ...moved.slice(3).map(({ kind }) => kind)]);
  });

  it("reads small messages that decompress to gigabytes within one budget for all recordings", async () => {
    const zeros = new Tensor(new Uint8Array(16 * 2 ** 20));
    vi.spyOn(performance, "now").mockReturnValue(performance.now());
    const recorded = recordFiles();
    const small = realMessages((recording) => recording.log("tensor", zeros), "run");
    const messagesFor = (index: number): EncodedMessage[] =>
      small.map((message) => {
        const storeId = { ...message.storeId, recordingId: `run${index}` };
        return { ...message, storeId, payload: withStoreId(message.kind, message.payload, storeId) };
      });
    const usual = realMessages(rows, "usual");
    for (let index = 0; index < 32; index++)
      for (const message of messagesFor(index)) recorded.relay.write(logMsgOf(message));
    for (const message of usual) recorded.relay.write(logMsgOf(message));
    recorded.files.close();
    vi.restoreAllMocks();
    expect(recorded.warnings.length).toBeGreaterThan(10);
    for (const warning of recorded.warnings) expect(warning).toMatch(/has no footer: a chunk of \d+ bytes has 167\d+/);
    expect(recorded.warnings.filter((warning) => warning.includes("usual"))).toEqual([]);
    // The first has a footer, and the last has none. To read back all others, which are like them, takes seconds.
    for (let index = 1; index < 31; index++) rmSync(join(recorded.path, `run${index}.rrd`));
    const isWhole = (index: number): boolean =>
      decodeRrd(readFileSync(join(recorded.path, `run${index}.rrd`))).at(-1)?.kind === "end";
    expect([isWhole(0), isWhole(31)]).toEqual([true, false]);
    forgetGigabytes();
  });
});

describe("FooterMemory", () => {
  it("gives up the largest footer when all of them take too much memory", () => {
    const footers = new FooterMemory(100);
    const dropped: string[] = [];
    const [small, large] = ["small", "large"].map((name) => ({ dropFooter: () => void dropped.push(name) }));
    for (let bytes = 10; bytes <= 60; bytes += 10) {
      footers.set(large as never, bytes);
      footers.set(small as never, bytes - 5);
    }
    expect(dropped).toEqual(["large"]);
    footers.set(small as never, 100);
    expect(dropped).toEqual(["large"]);
  });

  interface Started {
    readonly path: string;
    readonly recorder: RelayRecorder;
    readonly warnings: string[];
    /** Writes some messages, at once. */
    readonly write: () => void;
  }

  function startRecorder(footers: FooterMemory): Started {
    const path = join(folder.path, `${randomBytes(8).toString("hex")}.rrd`);
    const warnings: string[] = [];
    const options = { fsync: "never", footers, onWarning: (warning: string) => warnings.push(warning) } as const;
    const recorder = new RelayRecorder(path, options);
    const relay = new Relay({ memoryLimit: 0, isNewestFirst: false, maxReaderBytes: 2 ** 20 });
    recorder.start();
    relay.record(recorder);
    const write = (): void => {
      for (const message of realMessages()) relay.write(logMsgOf(message));
      void recorder.store();
    };
    write();
    return { path, recorder, warnings, write };
  }

  it.for([
    ["closed", ({ recorder }: Started) => recorder.close()],
    ["moved, and abandoned", ({ recorder }: Started) => recorder.abandon()],
    ["removed while it was written", ({ write, path }: Started) => (rmSync(path), write())],
  ] as const)("has room again for the footers of others when a file was %s", ([, end]) => {
    let size = 0;
    const measuring = new FooterMemory();
    measuring.set = (_, bytes) => void (size = Math.max(size, bytes));
    startRecorder(measuring).recorder.close();
    expect(size).toBeGreaterThan(0);

    const footers = new FooterMemory(1.5 * size);
    const first = startRecorder(footers);
    end(first);
    const { path, recorder, warnings } = startRecorder(footers);
    recorder.close();
    expect([...first.warnings, ...warnings].filter((warning) => warning.includes("of memory"))).toEqual([]);
    expect(decodeRrd(readFileSync(path)).at(-1)).toMatchObject({ kind: "end", footer: expect.anything() });
  });
});

/** The payloads of messages. Comparing them in one piece is much faster than one by one. */
function payloadsOf(messages: readonly EncodedMessage[]): Buffer {
  return Buffer.concat(messages.map(({ payload }) => payload));
}

/** The number of files of a folder that this process has open. */
function openFilesIn(parent: string): number {
  const paths = readdirSync("/proc/self/fd").map((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`);
    } catch {
      // That of the list itself is closed again, and those of others may be.
      return "";
    }
  });
  return paths.filter((path) => path.startsWith(parent)).length;
}

/** The messages of a recording with some rows. */
function realMessages(
  log: (recording: RecordingStream) => void = (recording) => {
    for (let row = 0; row < 3; row++) recording.log(`row${row}`, new Scalars(row));
  },
  recordingId?: string,
  applicationId = "storing",
): EncodedMessage[] {
  const batcher = { flushNumRows: 1 };
  const recording = new RecordingStream(applicationId, { recordingId, compression: "lz4", batcher });
  const memory = recording.memoryRecording();
  log(recording);
  return readEncodedMessages(memory.drainAsBytes());
}

/** Excludes what this test has taken from memory from what is read back: each row decompresses to 16 MiB. */
function forgetGigabytes(): void {
  takenRecordings.length = 0;
}

/** A message as gRPC carries it, without its frame. */
function logMsgOf(message: EncodedMessage): Uint8Array {
  const frame = frameOf(message);
  // The prefix of gRPC, the tag of `log_msg`, and its length as a varint.
  let at = 6;
  while (((frame[at++] as number) & 0x80) !== 0);
  return frame.subarray(at);
}
