import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { connect as connectHttp2 } from "node:http2";
import { encodeData, encodeHello, tokenSubprotocol } from "@rerun-ts/core/transport";
import { serve, type types } from "@rerun-ts/node";
import { RelayServer } from "@rerun-ts/node/relay";
import { afterEach, describe, expect, it, vi } from "vitest";
import { openSocket, sendRaw } from "@rerun-ts/test-support/node/raw-http";
import { Http2Client, RelayReaderClient, endOf, frameOf, httpUrl } from "@rerun-ts/test-support/node/relay-client";
import { messageOf, messagesOf } from "@rerun-ts/test-support/node/relay-messages";

const KIB = 1024;
const MIB = 1024 * KIB;
const writer = { authorization: "Bearer write" };
const readers = { authorization: "Bearer read" };

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (let one = open.pop(); one !== undefined; one = open.pop()) await one.close();
});

async function relay(options: types.GrpcServerSinkOptions = {}): Promise<serve.GrpcServer> {
  const server = await serve.serveGrpcRelay({ port: 0, thread: false, writeToken: "write", ...options });
  open.push(server);
  return server;
}

function connect(server: serve.GrpcServer): Http2Client {
  const client = new Http2Client(server.url);
  open.push(client);
  return client;
}

/** The prefix of a message of this size. */
function prefixOf(bytes: number): Buffer {
  const prefix = Buffer.alloc(5);
  prefix.writeUInt32BE(bytes, 1);
  return prefix;
}

/** Writes a message in several pieces, so that the relay has to keep the first ones. */
async function writeInPieces(client: Http2Client, name: string): Promise<number | undefined> {
  const stream = client.begin("WriteMessages", writer);
  const end = endOf(stream);
  stream.end(frameOf(messageOf(name, 300 * KIB)));
  return (await end).status;
}

describe("messages that are announced and do not come", () => {
  it.for([
    ["requests of readers without a token", "ReadMessages", {}],
    ["requests of readers with a token", "ReadMessages", readers],
    ["calls of writers", "WriteMessages", writer],
  ] as const)("take no memory from writers: %s", async ([, method, headers]) => {
    const server = await relay(headers === readers ? { readToken: "read" } : {});
    const attacker = connect(server);
    const streams = Array.from({ length: 100 }, () => attacker.begin(method, headers));
    for (const stream of streams) stream.write(prefixOf(4 * MIB));
    await Promise.all(streams.map((stream) => Promise.race([once(stream, "ready"), once(stream, "close")])));
    const client = connect(server);
    for (let index = 0; index < 5; index++) expect(await writeInPieces(client, `a${index}`)).toBe(0);
  });
});

describe("a request without progress ends:", () => {
  /** Lets seconds pass for the timers of a relay in this thread. */
  async function passSeconds(seconds: number): Promise<void> {
    for (let second = 0; second < seconds; second++) {
      vi.advanceTimersByTime(1000);
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  async function slowRelay(): Promise<serve.GrpcServer> {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    open.push({ close: () => vi.useRealTimers() });
    return relay();
  }

  it("a message of which nothing more comes, and the connection stays", async () => {
    const server = await slowRelay();
    const client = connect(server);
    const stream = client.begin("WriteMessages", writer);
    const end = endOf(stream);
    stream.write(frameOf(messageOf("a1", 100 * KIB)).subarray(0, 50 * KIB));
    // The bytes have arrived before the seconds pass.
    expect(await writeInPieces(client, "a2")).toBe(0);
    await passSeconds(11);
    expect(await end).toMatchObject({ status: 4, message: expect.stringContaining("no part of a message") });
    expect(await writeInPieces(client, "a3")).toBe(0);
  });

  it("not a call of gRPC whose messages are complete", async () => {
    const server = await slowRelay();
    const stream = connect(server).begin("WriteMessages", writer);
    const end = endOf(stream);
    stream.write(frameOf(messageOf("a1")));
    await expect.poll(() => server.stats().receivedMessages).toBe(1);
    await passSeconds(60);
    stream.end(frameOf(messageOf("a2")));
    expect(await end).toMatchObject({ status: 0 });
  });

  it("the request of a reader that is never complete", async () => {
    const server = await slowRelay();
    const stream = connect(server).begin("ReadMessages");
    const end = endOf(stream);
    stream.write(Buffer.alloc(5));
    expect(await writeInPieces(connect(server), "a1")).toBe(0);
    await passSeconds(11);
    expect(await end).toMatchObject({ status: 4, message: "the request came too slowly" });
  });

  it.for([
    ["of a page", "/ws", "text/plain", ""],
    ["of gRPC-web", methodPath("WriteMessages"), "application/grpc-web+proto", "authorization: Bearer write\r\n"],
  ] as const)("a post %s over HTTP/1.1 whose body does not come", async ([, path, type, header]) => {
    const server = await slowRelay();
    const socket = openSocket(server.url);
    open.push({ close: () => socket.destroy() });
    const closed = once(socket.resume(), "close");
    socket.write(
      `POST ${path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: ${type}\r\n${header}content-length: 999\r\n\r\n`,
    );
    await expect.poll(() => server.stats().connections).toBe(1);
    expect(await writeInPieces(connect(server), "a1")).toBe(0);
    await passSeconds(31);
    await closed;
  });
});

function methodPath(method: string): string {
  return `/rerun.sdk_comms.v1alpha1.MessageProxyService/${method}`;
}

describe("connections beyond the limit", () => {
  const MAX = 20;

  async function smallRelay(): Promise<{ readonly url: string; readonly server: RelayServer }> {
    const server = new RelayServer({
      port: 0,
      tls: undefined,
      bindIp: "127.0.0.1",
      allowHosts: [],
      corsAllowOrigin: [],
      writeToken: "write",
      readToken: undefined,
      memoryLimit: 2 ** 26,
      isNewestFirst: false,
      maxReaderBytes: 2 ** 26,
      maxConnections: MAX,
    });
    const port = await server.listen();
    open.push({ close: () => server.close(100) });
    return { url: `rerun+http://127.0.0.1:${port}/proxy`, server };
  }

  /** The ways in which clients without the right to write hold a connection. */
  const holders: Readonly<Record<string, (url: string) => { close(): void }>> = {
    "that send nothing": (url) => {
      const socket = openSocket(url);
      return { close: () => socket.destroy() };
    },
    "that only answer pings": (url) => {
      const session = connectHttp2(httpUrl(url));
      session.on("error", () => {});
      return { close: () => session.destroy() };
    },
    "that were rejected": (url) => {
      const client = new Http2Client(url);
      client.begin("WriteMessages");
      return client;
    },
    "of readers that do not read": (url) => {
      const reader = new RelayReaderClient(url);
      reader.pause();
      return { close: () => reader.stop() };
    },
  };

  it.for(Object.entries(holders))("take the places of those %s, not of writers", async ([, hold]) => {
    const { url, server } = await smallRelay();
    const early = new Http2Client(url);
    open.push(early);
    expect(await writeInPieces(early, "a1")).toBe(0);
    for (let count = 0; count < 3 * MAX; count++) open.push(hold(url));
    await expect.poll(() => server.stats().connections).toBe(MAX);
    expect(await writeInPieces(early, "a2")).toBe(0);
    for (let index = 0; index < 5; index++) {
      const client = new Http2Client(url);
      open.push(client);
      expect(await writeInPieces(client, `a${index + 3}`)).toBe(0);
    }
    expect(server.stats().receivedMessages).toBe(7);
  });
});

describe("the post of a page that is unloaded", () => {
  const head = (length: number, more = ""): string =>
    `POST /ws HTTP/1.1\r\nhost: localhost\r\ncontent-type: text/plain\r\n${more}content-length: ${length}\r\n\r\n`;
  const bodyOf = (token: string): Buffer => {
    const names = { applicationId: "tests", recordingId: "r", software: "test", token: tokenSubprotocol(token) };
    const hello = encodeHello({ version: 1, session: randomBytes(16), first: 0, ...names });
    const frames = [hello, encodeData(0, messagesOf("i1 a1"))].map((frame) => Buffer.from(frame));
    return Buffer.concat(frames.flatMap((frame) => [prefixOf(frame.length).subarray(1), frame]));
  };

  it.for([
    ["its first frame has a wrong token", bodyOf("wrong"), "", "401"],
    ["its headers have a wrong token", Buffer.alloc(0), "authorization: Bearer wrong\r\n", "401"],
    ["it begins with something else", Buffer.alloc(2000, 1), "", "400"],
  ] as const)("is answered before its body has come if %s", async ([, body, header, status]) => {
    const server = await relay();
    const response = await sendRaw(server.url, Buffer.concat([Buffer.from(head(60_000, header)), body]));
    expect(response).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    await expect.poll(() => server.stats().connections).toBe(0);
  });

  it("is answered before its body has come if it announces too much", async () => {
    const server = await relay();
    expect(await sendRaw(server.url, head(200 * MIB))).toMatch(/^HTTP\/1.1 413 /);
    await expect.poll(() => server.stats().connections).toBe(0);
  });

  it("gets an answer without content over HTTP/1.1", async () => {
    const server = await relay();
    const body = bodyOf("write");
    const response = await sendRaw(server.url, Buffer.concat([Buffer.from(head(body.length)), body]), "\r\n\r\n");
    expect(response).toMatch(/^HTTP\/1.1 204 /);
    expect(response).not.toMatch(/content-length|content-type|transfer-encoding/i);
    expect(server.stats().receivedMessages).toBe(2);
  });

  it("gets an answer without content over HTTP/2", async () => {
    const server = await relay();
    const session = connectHttp2(httpUrl(server.url));
    open.push({ close: () => session.destroy() });
    const stream = session.request({ ":method": "POST", ":path": "/ws", "content-type": "text/plain" });
    stream.end(bodyOf("write"));
    const [headers] = (await once(stream, "response")) as [Record<string, unknown>];
    expect(headers[":status"]).toBe(204);
    expect(headers).not.toHaveProperty("content-length");
    await once(stream.resume(), "close");
    expect(stream.rstCode).toBe(0);
    expect(server.stats().receivedMessages).toBe(2);
  });
});

describe("a client that sends requests without waiting for answers", () => {
  it.for(["GET /healthz", "OPTIONS /", "GET /unknown"])(
    "is disconnected, before a block of requests holds up others: %s",
    async (request) => {
      const server = await relay();
      const count = 5000;
      const flood = `${request} HTTP/1.1\r\nhost: localhost\r\n\r\n`.repeat(count);
      const answers = (await sendRaw(server.url, flood)).split("HTTP/1.1 ").length - 1;
      expect(answers).toBeLessThan(count / 10);
    },
  );

  it("is served if there are as many requests as a browser has connections", async () => {
    const server = await relay();
    const head = "GET /healthz HTTP/1.1\r\nhost: localhost\r\n";
    const answers = await sendRaw(server.url, `${`${head}\r\n`.repeat(7)}${head}connection: close\r\n\r\n`);
    expect(answers.match(/HTTP\/1.1 200/g)).toHaveLength(8);
  });
});
