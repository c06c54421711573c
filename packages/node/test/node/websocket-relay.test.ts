import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  RecordingStream,
  Scalars,
  WebSocketSink,
  serveGrpcRelay,
  type GrpcServer,
  type GrpcServerSinkOptions,
  type RerunError,
} from "@rerun-ts/node";
import {
  decodeFrame,
  encodeData,
  encodeHello,
  encodeParts,
  tokenSubprotocol,
  type Frame,
} from "@rerun-ts/core/internal";
import { afterEach, describe, expect, it, vi } from "vitest";
import { WebSocket } from "ws";
import { readChunks } from "../../../core/test/contract/read-chunks.ts";
import { describeSinkContract } from "../../../core/test/contract/sink-contract.ts";
import { TcpProxy } from "../../../../tests/processes/harness/tcp-proxy.ts";
import { RelayReaderClient, httpUrl } from "../harness/relay-client.ts";
import { messageOf, messagesOf, namesOf } from "../harness/relay-messages.ts";

const CASES = process.env["RERUN_TS_SOAK"] === "1" ? 20_000 : 1000;
const TLS_FOLDER = join(import.meta.dirname, "../../../../tests/processes/harness/tls");
const tls = {
  key: readFileSync(join(TLS_FOLDER, "key.pem")),
  cert: readFileSync(join(TLS_FOLDER, "certificate.pem"), "utf8"),
};

for (const worker of [true, false]) {
  describeSinkContract(
    worker ? "WebSocketSink into a relay, with a worker" : "WebSocketSink into a relay, without a worker",
    async () => {
      const server = await serveGrpcRelay({ port: 0, worker: false });
      const sink = new WebSocketSink(server.url, { worker });
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

async function relay(options: GrpcServerSinkOptions = {}): Promise<GrpcServer> {
  const server = await serveGrpcRelay({ port: 0, worker: false, ...options });
  open.push(server);
  return server;
}

const socketUrl = ({ url }: GrpcServer): string => `${httpUrl(url).replace("http", "ws")}/ws`;

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

/** A client that says what the tests want. */
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

  /** Rejects with what HTTP says instead. */
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

  async until(count: number): Promise<readonly Frame[]> {
    await expect.poll(() => this.frames.length, { timeout: 5000, interval: 5 }).toBeGreaterThanOrEqual(count);
    return this.frames;
  }

  close(): void {
    this.#socket.terminate();
  }

  /** Closes it when the relay has heard everything. */
  async end(): Promise<void> {
    this.#socket.close();
    await this.closed;
  }
}

async function heldBy(server: GrpcServer): Promise<string[]> {
  const reader = new RelayReaderClient(server.url);
  await reader.until(server.stats().heldMessages);
  reader.stop();
  return namesOf(reader.messages);
}

describe("a relay, over a WebSocket", () => {
  it("acknowledges what it holds, in frames and in pieces, and goes on where it was", async () => {
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
    // Some of that has come before.
    second.send(encodeData(2, [...messagesOf("a2 a3"), ...messagesOf("a4")]));
    await expect.poll(() => second.frames.at(-1)).toMatchObject({ type: "ack", next: 5 });
    expect(await heldBy(server)).toEqual(["i1", "a1", "a2", "a3", "a4"]);
  });

  it("lets a newer connection of a session take its place", async () => {
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

  it.each([
    ["data before hello", () => [encodeData(0, messagesOf("a1"))], 3, /hello must come first, data came/],
    ["a text", () => ["hello"], 3, /a message of text came/],
    ["an unknown frame", () => [Uint8Array.of(77)], 3, /there is no frame 77/],
    ["another version", () => [Uint8Array.from(hello(), (byte, at) => (at === 1 ? 9 : byte))], 12, /version 9/],
    ["a gap", () => [hello(), encodeData(1, messagesOf("a1"))], 9, /the record 1 came, 0 was next/],
    ["no LogMsg", () => [hello(), Uint8Array.of(3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 7)], 13, /./],
    ["what only relays say", () => [hello(), Uint8Array.of(5, ...new Uint8Array(12))], 3, /may not send ack/],
    [
      "something between pieces",
      () => [hello(), partsOf(0, messageOf("a1", 100), 50)[0] ?? "", encodeData(0, messagesOf("a1"))],
      3,
      /others came in between/,
    ],
  ])("answers %s with a reason, and closes", async (_, makeFrames, code, message) => {
    const server = await relay();
    const client = await Client.connect(socketUrl(server));
    for (const frame of makeFrames()) client.send(frame);
    expect(await client.closed).toMatchObject({ code: 1008 });
    expect(client.frames.at(-1)).toMatchObject({ type: "error", code, message: expect.stringMatching(message) });
    await expect.poll(() => server.stats()).toMatchObject({ writers: 0, heldMessages: 0, refused: 1 });
  });

  it("lets in whom it should, and nobody else", async () => {
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

  it("takes what a page posts when it is left, by the same rules, once", async () => {
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
    const greeting = (token: string | undefined): Uint8Array =>
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
    expect(await post([greeting(undefined), data])).toBe(401);
    expect(await post([greeting("wrong"), data])).toBe(401);
    expect(await post([greeting("s3cret"), data], { origin: "https://example.com" })).toBe(403);
    expect(await post([data])).toBe(400);
    expect(await post([greeting("s3cret"), encodeData(7, messagesOf("a1"))])).toBe(409);
    expect(await post([greeting("s3cret"), encodeData(0, [messageOf("a1", 70_000)])])).toBe(413);
    expect(server.stats().receivedMessages).toBe(0);
    expect(await post([greeting("s3cret"), data])).toBe(204);
    expect(await post([greeting("s3cret"), data])).toBe(204);
    expect(await heldBy(server)).toEqual(["i1", "a1"]);
  });

  it("survives anything that is sent to it", async () => {
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
    // Else nothing was heard.
    expect(server.stats().refused).toBeGreaterThan(CASES / 40);
    const client = await Client.connect(socketUrl(server));
    client.send(hello(0, 99));
    client.send(encodeData(0, messagesOf("a77")));
    await expect.poll(() => client.frames.at(-1)).toMatchObject({ type: "ack", next: 1 });
    expect(await heldBy(server)).toContain("a77");
  });
});

/** The same sequence each time. Source: "mulberry32" by Tommy Ettinger, public domain. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

describe.each([true, false])("connectWebSocket (worker: %s)", (worker) => {
  function record(): { rec: RecordingStream; errors: RerunError[] } {
    const errors: RerunError[] = [];
    const rec = new RecordingStream("sockets", { onError: (error) => errors.push(error), onWarning: () => {} });
    open.push({ close: () => rec.close({ timeoutMs: 100 }) });
    return { rec, errors };
  }

  function logFrame(rec: RecordingStream, frame: number): void {
    rec.setTime("frame", frame);
    rec.log("a", new Scalars(Float64Array.from({ length: 500 }, Math.random)));
  }

  it("loses nothing, and sends nothing twice, however often it is cut", async () => {
    const server = await relay();
    const proxy = await TcpProxy.start(server.port);
    const { rec } = record();
    await rec.connectWebSocket(proxy.url, { worker, waitForConnection: true });
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

  it("is encrypted with wss, and trusts whom it is told to", async () => {
    const server = await relay({ tls });
    expect(server.url).toMatch(/^rerun:/);
    const { rec, errors } = record();
    await rec.connectWebSocket(server.url, { worker, tls: { ca: tls.cert }, waitForConnection: true });
    logFrame(rec, 1);
    expect(await rec.flush({ ack: true })).toMatchObject({ complete: true });
    expect(errors).toEqual([]);
  });

  it("says that a token is wrong, and gives up", async () => {
    const server = await relay({ writeToken: "s3cret" });
    const { rec, errors } = record();
    await rec.connectWebSocket({ url: server.url, worker, token: "other" });
    logFrame(rec, 1);
    await expect(rec.flush()).rejects.toMatchObject({ code: "AUTH" });
    expect(errors[0]?.message).toBe(`ws://127.0.0.1:${server.port}/ws refused the connection: HTTP status 401`);
    const right = record().rec;
    await right.connectWebSocket({ url: server.url, worker, token: "s3cret" });
    logFrame(right, 1);
    expect(await right.flush({ ack: true })).toMatchObject({ complete: true });
  });
});

it("functions cannot be asked in a worker", () => {
  const token = (): string => "s3cret";
  expect(() => new WebSocketSink({ token, worker: true })).toThrow("`token` must be no function if `worker` is true");
  expect(new WebSocketSink({ token }).url).toBe("ws://127.0.0.1:9876/ws");
});
