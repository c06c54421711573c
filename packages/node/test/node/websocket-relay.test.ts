import { isSoak } from "@rerun-ts/test-support/node/environment";
import { readFileSync } from "node:fs";
import type { Socket } from "node:net";
import { join } from "node:path";
import {
  decodeFrame,
  encodeData,
  encodeHello,
  encodeParts,
  tokenSubprotocol,
  type Frame,
} from "@rerun-ts/core/transport";
import { RecordingStream, Scalars, WebSocketSink, type RerunError, serve, type types } from "@rerun-ts/node";
import { noise } from "@rerun-ts/test-support/common/seeded-random";
import { afterEach, describe, expect, it, vi } from "vitest";
import { WebSocket } from "ws";
import { readChunks } from "@rerun-ts/test-support/common/read-chunks";
import { describeSinkContract } from "@rerun-ts/test-support/common/sink-contract";
import { RelayReaderClient, httpUrl } from "@rerun-ts/test-support/node/relay-client";
import { messageOf, messagesOf, namesOf } from "@rerun-ts/test-support/node/relay-messages";
import { TcpProxy } from "@rerun-ts/test-support/node/tcp-proxy";

const CASES = isSoak ? 20_000 : 1000;
const TLS_FOLDER = join(import.meta.dirname, "../../../../tests/processes/harness/tls");
const tls = {
  key: readFileSync(join(TLS_FOLDER, "key.pem")),
  cert: readFileSync(join(TLS_FOLDER, "certificate.pem"), "utf8"),
};

for (const thread of [true, false]) {
  describeSinkContract(
    thread ? "WebSocketSink into a relay, with a worker" : "WebSocketSink into a relay, without a worker",
    async () => {
      const server = await serve.serveGrpcRelay({ port: 0, thread: false });
      const sink = new WebSocketSink(server.url, { thread });
      return {
        sink,
        async read() {
          await sink.flush({ ack: true });
          const reader = new RelayReaderClient(server.url);
          await reader.until(server.stats().heldMessages);
          reader.stop();
          return [reader.toRrd()];
        },
        cleanUp: () => server.close(),
      };
    },
    { isAsynchronous: true, workingState: "connecting" },
  );
}

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await Promise.resolve(one.close()).catch(() => {});
  vi.restoreAllMocks();
});

async function relay(options: types.GrpcServerSinkOptions = {}): Promise<serve.GrpcServer> {
  const server = await serve.serveGrpcRelay({ port: 0, thread: false, ...options });
  open.push(server);
  return server;
}

const socketUrl = ({ url }: serve.GrpcServer): string => `${httpUrl(url).replace("http", "ws")}/ws`;

const hello = (first = 0, session = 1): Uint8Array<ArrayBuffer> =>
  encodeHello({
    version: 1,
    session: new Uint8Array(16).fill(session),
    first,
    applicationId: "a",
    recordingId: "r",
    software: "tests",
  });

const partsOf = (...how: Parameters<typeof encodeParts>): Uint8Array[] =>
  Array.from(encodeParts(...how), (pieces) => Buffer.concat(pieces));

/** A WebSocket client that sends the given frames and collects the responses. */
class Client {
  readonly frames: Frame[] = [];
  readonly closed: Promise<{ code: number; reason: string }>;
  readonly #socket: WebSocket;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on("message", (data: Buffer) => this.frames.push(decodeFrame(data)));
    socket.on("error", () => {});
    this.closed = new Promise((resolve) => {
      socket.on("close", (code, reason) => resolve({ code, reason: reason.toString() }));
    });
    open.push(this);
  }

  /** Rejects with the HTTP status if the handshake fails. */
  static async connect(
    url: string,
    options: { protocols?: string[]; headers?: Record<string, string> } = {},
  ): Promise<Client> {
    const { protocols = ["rerun-ts.v1"], headers = {} } = options;
    const socket = new WebSocket(url, protocols, { headers });
    await new Promise<void>((resolve, reject) => {
      socket.on("open", resolve);
      socket.on("unexpected-response", (_request, response) => reject(new Error(`HTTP status ${response.statusCode}`)));
      socket.on("error", reject);
    });
    return new Client(socket);
  }

  send(frame: Uint8Array | string): void {
    this.#socket.send(frame);
  }

  /** Sends bytes that need not be a complete frame. */
  sendRaw(bytes: Uint8Array): void {
    (this.#socket as unknown as { _socket: Socket })._socket.write(bytes);
  }

  /** Stops reading, and so does not respond to anything. */
  pause(): void {
    this.#socket.pause();
  }

  async until(count: number): Promise<readonly Frame[]> {
    await expect.poll(() => this.frames.length, { timeout: 5000, interval: 5 }).toBeGreaterThanOrEqual(count);
    return this.frames;
  }

  close(): void {
    this.#socket.terminate();
  }

  /** Closes the connection once the relay has received everything. */
  async end(): Promise<void> {
    this.#socket.close();
    await this.closed;
  }
}

async function retainedBy(server: serve.GrpcServer): Promise<string[]> {
  const reader = new RelayReaderClient(server.url);
  await reader.until(server.stats().heldMessages);
  reader.stop();
  return namesOf(reader.messages);
}

describe("the WebSocket server of a relay", () => {
  it("acknowledges records in whole frames and in parts, and resumes a session after the last one", async () => {
    const server = await relay();
    const first = await Client.connect(socketUrl(server));
    first.send(hello());
    first.send(encodeData(0, messagesOf("i1 a1 a2")));
    for (const part of partsOf(3, messageOf("a3", 5000), 1000)) first.send(part);
    await expect.poll(() => first.frames.at(-1)).toMatchObject({ type: "ack", next: 4 });
    expect(first.frames[0]).toMatchObject({ type: "welcome", version: 1, isResumed: false, next: 0 });
    first.close();

    const second = await Client.connect(socketUrl(server));
    second.send(hello(1));
    const [welcome] = await second.until(1);
    expect(welcome).toMatchObject({ type: "welcome", isResumed: true, next: 4 });
    // The first two of these records were sent before.
    second.send(encodeData(2, [...messagesOf("a2 a3"), ...messagesOf("a4")]));
    await expect.poll(() => second.frames.at(-1)).toMatchObject({ type: "ack", next: 5 });
    expect(await retainedBy(server)).toEqual(["i1", "a1", "a2", "a3", "a4"]);
  });

  it("closes the older connection of a session when a newer one is opened", async () => {
    const server = await relay();
    const first = await Client.connect(socketUrl(server));
    first.send(hello());
    await first.until(1);
    const second = await Client.connect(socketUrl(server));
    second.send(hello());
    expect(await first.closed).toMatchObject({ code: 4001 });
    expect(await second.until(1)).toMatchObject([{ isResumed: true }]);
    const other = await Client.connect(socketUrl(server));
    other.send(hello(0, 2));
    expect(await other.until(1)).toMatchObject([{ isResumed: false }]);
  });

  it("terminates the older connection of a session although its client does not respond", async () => {
    const server = await relay();
    const first = await Client.connect(socketUrl(server));
    first.send(hello());
    await first.until(1);
    first.pause();
    const second = await Client.connect(socketUrl(server));
    second.send(hello());
    await second.until(1);
    await expect.poll(() => server.stats().connections, { timeout: 5000 }).toBe(1);
  });

  it("tells a client whose record arrives slowly that it is alive", { timeout: 20_000 }, async () => {
    const server = await relay();
    const client = await Client.connect(socketUrl(server));
    client.send(hello());
    await client.until(1);
    const [part = new Uint8Array()] = partsOf(0, messageOf("a1", 5000), 1000);
    client.send(part);
    await client.until(2);
    // The first bytes of a frame whose rest follows later.
    client.sendRaw(Uint8Array.of(0x82, 0x80 + 100));
    expect((await client.until(3)).slice(1)).toEqual([
      expect.objectContaining({ type: "ack", next: 0 }),
      expect.objectContaining({ type: "ack", next: 0 }),
    ]);
  });

  it.each([
    ["data before hello", () => [encodeData(0, messagesOf("a1"))], 3, /expected hello first, received data/],
    ["text", () => ["hello"], 3, /expected a binary message, received text/],
    ["an unknown frame", () => [Uint8Array.of(77)], 3, /there is no frame 77/],
    [
      "an unknown protocol version",
      () => [Uint8Array.from(hello(), (byte, at) => (at === 1 ? 9 : byte))],
      12,
      /version 9/,
    ],
    ["a gap in the records", () => [hello(), encodeData(1, messagesOf("a1"))], 9, /expected record 0, received 1/],
    [
      "a record that is not a LogMsg",
      () => [hello(), Uint8Array.of(3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 7)],
      13,
      /./,
    ],
    ["a frame that only relays send", () => [hello(), Uint8Array.of(5, ...new Uint8Array(12))], 3, /received ack/],
    [
      "another record between the parts of one",
      () => [hello(), partsOf(0, messageOf("a1", 100), 50)[0] ?? "", encodeData(0, messagesOf("a1"))],
      3,
      /received other records before the last part/,
    ],
  ])("responds to %s with an error, and closes the connection", async (_, makeFrames, code, message) => {
    const server = await relay();
    const client = await Client.connect(socketUrl(server));
    for (const frame of makeFrames()) client.send(frame);
    expect(await client.closed).toMatchObject({ code: 1008 });
    expect(client.frames.at(-1)).toMatchObject({ type: "error", code, message: expect.stringMatching(message) });
    await expect.poll(() => server.stats()).toMatchObject({ writers: 0, heldMessages: 0, refused: 1 });
  });

  it("only accepts connections with the right token, origin, host, path and subprotocol", async () => {
    const server = await relay({ writeToken: "s3cret", corsAllowOrigin: "https://*.example.com" });
    const url = socketUrl(server);
    const connect = (token: string | undefined, headers: Record<string, string>): Promise<Client> =>
      Client.connect(url, {
        protocols: ["rerun-ts.v1", ...(token === undefined ? [] : [tokenSubprotocol(token)])],
        headers,
      });
    await expect(connect(undefined, {})).rejects.toThrow("HTTP status 401");
    await expect(connect("S3cret", {})).rejects.toThrow("HTTP status 401");
    await expect(connect("s3cret", { origin: "https://example.com" })).rejects.toThrow("HTTP status 403");
    await expect(connect("s3cret", { host: "rebound.example.org" })).rejects.toThrow("HTTP status 403");
    await expect(Client.connect(`${url}?token=s3cret`)).rejects.toThrow("HTTP status 401");
    await expect(Client.connect(url, { protocols: ["chat"] })).rejects.toThrow("HTTP status 400");
    await expect(Client.connect(url.replace("/ws", "/other"))).rejects.toThrow("HTTP status 404");
    await connect("s3cret", { origin: "https://a.example.com" });
    await connect(undefined, { authorization: "Bearer s3cret" });
    expect(server.stats()).toMatchObject({ writers: 2, refused: 7 });
  });

  it("accepts the keepalive post of a page once, under the same access rules", async () => {
    const server = await relay({ writeToken: "s3cret" });
    const post = async (frames: Uint8Array[], headers: Record<string, string> = {}): Promise<number> => {
      const body = Buffer.concat(
        frames.flatMap((frame) => {
          const length = Buffer.alloc(4);
          length.writeUInt32BE(frame.length);
          return [length, frame];
        }),
      );
      const url = socketUrl(server).replace("ws", "http");
      const response = await fetch(url, {
        method: "POST",
        body,
        headers: { "content-type": "text/plain", ...headers },
      });
      return response.status;
    };
    const helloWith = (token: string | undefined): Uint8Array =>
      encodeHello({
        version: 1,
        session: new Uint8Array(16).fill(5),
        first: 0,
        applicationId: "a",
        recordingId: "r",
        software: "tests",
        token: token === undefined ? undefined : tokenSubprotocol(token),
      });
    const data = encodeData(0, messagesOf("i1 a1"));
    expect(await post([helloWith(undefined), data])).toBe(401);
    expect(await post([helloWith("wrong"), data])).toBe(401);
    expect(await post([helloWith("s3cret"), data], { origin: "https://example.com" })).toBe(403);
    expect(await post([data])).toBe(400);
    expect(await post([helloWith("s3cret"), encodeData(7, messagesOf("a1"))])).toBe(409);
    expect(await post([helloWith("s3cret"), encodeData(0, [messageOf("a1", 70_000)])])).toBe(413);
    expect(server.stats().receivedMessages).toBe(0);
    expect(await post([helloWith("s3cret"), data])).toBe(204);
    expect(await post([helloWith("s3cret"), data])).toBe(204);
    expect(await retainedBy(server)).toEqual(["i1", "a1"]);
  });

  it("stays usable after thousands of damaged frames", async () => {
    const server = await relay();
    const random = randomNumbers(7);
    const valid = [hello(), encodeData(0, messagesOf("i1 a1 a2", 20)), ...partsOf(3, messageOf("a3", 200), 80)];
    for (let at = 0; at < CASES;) {
      const client = await Client.connect(socketUrl(server));
      for (let frames = 0; frames < 20; frames++, at++) {
        const bytes = Uint8Array.from(valid[Math.floor(random() * valid.length)] as Uint8Array);
        if (random() < 0.7) bytes[Math.floor(random() * bytes.length)] = random() * 256;
        client.send(random() < 0.8 ? bytes : bytes.subarray(0, random() * bytes.length));
      }
      await client.end();
    }
    // Otherwise the damaged frames were not processed.
    expect(server.stats().refused).toBeGreaterThan(CASES / 40);
    const client = await Client.connect(socketUrl(server));
    client.send(hello(0, 99));
    client.send(encodeData(0, messagesOf("a77")));
    await expect.poll(() => client.frames.at(-1)).toMatchObject({ type: "ack", next: 1 });
    expect(await retainedBy(server)).toContain("a77");
  });
});

/** Random numbers that are the same for the same seed. Source: "mulberry32" by Tommy Ettinger, public domain. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

describe.each([true, false])("connectWebSocket (thread: %s)", (thread) => {
  function record(): { rec: RecordingStream; errors: RerunError[] } {
    const errors: RerunError[] = [];
    const rec = new RecordingStream("sockets", { onError: (error) => errors.push(error), onWarning: () => {} });
    open.push({ close: () => rec.close({ timeoutMs: 100 }) });
    return { rec, errors };
  }

  function logFrame(rec: RecordingStream, frame: number): void {
    rec.setTime("frame", frame);
    rec.log("a", new Scalars(noise(500, frame)));
  }

  it("delivers every row exactly once although the connection is cut several times", async () => {
    const server = await relay();
    const proxy = await TcpProxy.start(server.port);
    const { rec } = record();
    await rec.connectWebSocket(proxy.url, { thread, waitForConnection: true });
    for (let frame = 0; frame < 300; frame++) {
      logFrame(rec, frame);
      await rec.flush({ timeoutMs: 0 });
      if (frame % 60 === 30) proxy.cutAll();
      if (frame % 10 === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    }
    expect(await rec.flush({ ack: true })).toMatchObject({ complete: true, droppedRows: 0 });
    expect(proxy.connections).toBeGreaterThan(2);
    const reader = new RelayReaderClient(server.url);
    await reader.until(server.stats().heldMessages);
    reader.stop();
    const frames = readChunks(reader.toRrd()).flatMap(({ times }) => times.frame ?? []);
    expect(frames).toEqual(Array.from({ length: 300 }, (_, frame) => BigInt(frame)));
    expect(server.stats().duplicates).toBe(0);
  });

  it("connects with TLS to a relay whose certificate is given", async () => {
    const server = await relay({ tls });
    expect(server.url).toMatch(/^rerun:/);
    const { rec, errors } = record();
    await rec.connectWebSocket(server.url, { thread, tls: { ca: tls.cert }, waitForConnection: true });
    logFrame(rec, 1);
    expect(await rec.flush({ ack: true })).toMatchObject({ complete: true });
    expect(errors).toEqual([]);
  });

  it("keeps its data with a wrong token, says why once, and goes on with the right one", async () => {
    const server = await relay({ writeToken: "s3cret" });
    const { rec, errors } = record();
    const warnings: string[] = [];
    rec.addEventListener("warning", ({ warning }) => warnings.push(warning.message));
    await rec.connectWebSocket(server.url, { thread, token: "other" });
    logFrame(rec, 1);
    expect(await rec.flush({ ack: true, timeoutMs: 1000 })).toMatchObject({ complete: false, droppedRows: 0 });
    expect(warnings).toEqual([
      expect.stringMatching(
        /^ws:\/\/127\.0\.0\.1:\d+\/ws rejected the data: HTTP status 401 .*`writeToken` as the option `token`/,
      ),
    ]);
    await rec.connectWebSocket(server.url, { thread, token: "s3cret" });
    expect(await rec.flush({ ack: true })).toMatchObject({ complete: true, droppedRows: 0 });
    expect(errors).toEqual([]);
  });
});

it("WebSocketSink rejects a token function together with `thread: true`, and accepts it otherwise", () => {
  const token = (): string => "s3cret";
  expect(() => new WebSocketSink(undefined, { token, thread: true })).toThrow(
    "`token` must not be a function if `thread` is true",
  );
  expect(new WebSocketSink(undefined, { token }).url).toBe("ws://127.0.0.1:9876/ws");
});
