import { hostname } from "node:os";
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import {
  AnyValues,
  GrpcServerSink,
  MemorySink,
  RecordingStream,
  Scalars,
  VERSION,
  type RerunError,
  serve,
  type types,
} from "@rerun-ts/node";
import { afterEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { freePort } from "@rerun-ts/test-support/node/free-port";
import { readChunks } from "@rerun-ts/test-support/common/read-chunks";
import { sendRaw } from "@rerun-ts/test-support/node/raw-http";
import { Http2Client, RelayReaderClient, frameOf, httpUrl, methodUrl } from "@rerun-ts/test-support/node/relay-client";
import { messageOf, messagesOf, namesOf } from "@rerun-ts/test-support/node/relay-messages";

const TLS_FOLDER = join(import.meta.dirname, "../../../../tests/processes/harness/tls");
const tls = {
  key: readFileSync(join(TLS_FOLDER, "key.pem")),
  cert: readFileSync(join(TLS_FOLDER, "certificate.pem"), "utf8"),
};
const otherKey = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({ type: "pkcs8", format: "pem" });

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await Promise.resolve(one.close()).catch(() => {});
  vi.restoreAllMocks();
});

/** A relay until the end of the test, by default in this thread, which starts faster than a worker. */
async function relay(options: types.GrpcServerSinkOptions = {}): Promise<serve.GrpcServer> {
  const server = await serve.serveGrpcRelay({ port: 0, thread: false, ...options });
  open.push(server);
  return server;
}

function client(url: string, options?: ConstructorParameters<typeof Http2Client>[1]): Http2Client {
  const made = new Http2Client(url, options);
  open.push(made);
  return made;
}

function recording(): { rec: RecordingStream; errors: RerunError[]; warnings: RerunError[] } {
  const errors: RerunError[] = [];
  const warnings: RerunError[] = [];
  const rec = new RecordingStream("serving", {
    onError: (error) => errors.push(error),
    onWarning: (warning) => warnings.push(warning),
  });
  open.push(rec);
  return { rec, errors, warnings };
}

function entitiesOf(reader: RelayReaderClient): string[] {
  return readChunks(reader.toRrd()).map(({ entityPath }) => entityPath);
}

it("`close` of a recording that serves rejects if the worker is lost meanwhile, with rows that it has not received", async () => {
  const { rec } = recording();
  const post = vi.spyOn(Worker.prototype, "postMessage");
  await rec.serveGrpc({ port: 0 });
  // The worker ends in place of receiving anything more.
  post.mockImplementation(function end(this: Worker) {
    void this.terminate();
  });
  rec.log("a", new Scalars(1));
  await expect(rec.close()).rejects.toThrow("lost the worker that serves: it ended");
  expect(rec.stats().sinks).toMatchObject([{ state: "broken" }]);
  expect(rec.stats().droppedRows).toBeGreaterThan(0);
});

describe.each([true, false])("serveGrpc of a recording (thread: %s)", (thread) => {
  it("sends readers the rows from before and after they connect, and disconnects them when the recording is closed", async () => {
    const { rec } = recording();
    rec.log("before", new Scalars(1));
    const server = await rec.serveGrpc({ port: 0, thread });
    expect(server.url).toBe(`rerun+http://127.0.0.1:${server.port}/proxy`);
    expect(server.port).toBeGreaterThan(0);
    const reader = new RelayReaderClient(server.url);
    await reader.until(3);
    rec.log("after", new Scalars(2));
    expect(await rec.close()).toMatchObject({ complete: true, droppedRows: 0 });
    expect(await reader.ended).toMatchObject({ status: 0 });
    expect(entitiesOf(reader)).toEqual(["/before", "/after"]);
    await expect(fetch(`${httpUrl(server.url)}/healthz`)).rejects.toThrow();
  });

  it("warns when it is closed before its readers have received everything", async () => {
    const { rec, warnings } = recording();
    const server = await rec.serveGrpc({ port: 0, thread });
    const reader = new RelayReaderClient(server.url);
    rec.log("before", new Scalars(1));
    await reader.until(3);
    // They cannot be compressed, and are more than the connection buffers.
    for (let row = 0; row < 16; row++) rec.log("large", new AnyValues({ bytes: randomBytes(4 * 1024 * 1024) }));
    await rec.flush();
    await rec.close({ timeoutMs: 0 });
    expect(entitiesOf(reader).length).toBeLessThan(17);
    expect(warnings.map(({ message }) => message)).toContain(
      `timed out before all viewers at ${server.url} had received everything`,
    );
  });

  it("reports statistics that include everything once flush has settled", async () => {
    const { rec } = recording();
    const server = await rec.serveGrpc({ port: 0, thread });
    for (let row = 0; row < 100; row++) rec.log(["entity", row], new Scalars(row));
    await rec.flush({ ack: true });
    expect(server.stats()).toMatchObject({ receivedMessages: 102, heldMessages: 102, readers: 0, duplicates: 0 });
    const stats = (await (await fetch(`${httpUrl(server.url)}/stats`)).json()) as object;
    expect(stats).toMatchObject({ receivedMessages: 102, connections: 1 });
    expect(rec.stats().sinks).toMatchObject([{ kind: "grpc-server", state: "open", queuedBytes: 0 }]);
    await server.close();
    rec.log("late", new Scalars(1));
    await rec.flush().catch(() => {});
    expect(rec.stats().sinks).toMatchObject([{ state: "closed", droppedRows: 1 }]);
  });

  it("rejects if the port is in use, and keeps everything for the next sink", async () => {
    const blocker = createServer();
    await new Promise<void>((resolve) => blocker.listen(0, "127.0.0.1", resolve));
    open.push(blocker);
    const { port } = blocker.address() as { port: number };
    const { rec, errors } = recording();
    rec.log("kept", new Scalars(1));
    const failure = {
      code: "LISTEN_FAILED",
      argument: "port",
      message: expect.stringContaining(`127.0.0.1:${port}: the port is in use`),
    };
    await expect(rec.serveGrpc({ port, thread })).rejects.toMatchObject(failure);
    expect(errors).toMatchObject([failure]);
    expect(rec.state).toBe("broken");
    const memory = new MemorySink();
    await rec.setSink(memory);
    await rec.flush();
    expect(readChunks(memory.toBytes()).map(({ entityPath }) => entityPath)).toEqual(["/kept"]);
    await expect(serve.serveGrpcRelay({ port, thread })).rejects.toMatchObject(failure);
    await expect(recording().rec.setSinks([new GrpcServerSink({ port, thread })])).rejects.toMatchObject(failure);
  });

  it.each([
    [
      "tls.key",
      { key: "key", cert: tls.cert },
      "`tls.key` must be a private key in PEM format, without a passphrase: ",
    ],
    ["tls.key", { key: otherKey, cert: tls.cert }, "`tls.key` must be the private key of the certificate: "],
    ["tls.cert", { key: tls.key, cert: tls.key }, "`tls.cert` must be a certificate in PEM format: "],
  ])("rejects a wrong %s", async (argument, wrong, message) => {
    const broken = serve.serveGrpcRelay({ port: 0, thread, tls: wrong });
    await expect(broken).rejects.toMatchObject({
      code: "INVALID_ARGUMENT",
      argument,
      message: expect.stringContaining(message),
    });
  });

  it("returns the same server when it is called again with the same port", async () => {
    const free = await relay();
    await free.close();
    const { rec } = recording();
    const [first, second] = await Promise.all([
      rec.serveGrpc({ port: free.port, thread }),
      rec.serveGrpc({ port: free.port, thread }),
    ]);
    const third = await rec.serveGrpc({ port: free.port, thread });
    expect([second.url, third.url]).toEqual([first.url, first.url]);
    rec.log("row", new Scalars(1));
    await rec.flush();
    expect(first.stats().receivedMessages).toBe(3);
  });

  it("serves as one of several sinks", async () => {
    const { rec } = recording();
    const [sink, memory] = [new GrpcServerSink({ port: 0, thread }), new MemorySink()];
    await rec.setSinks([sink, memory]);
    rec.log("row", new Scalars(1));
    const reader = new RelayReaderClient(sink.url);
    await rec.flush();
    expect(sink.serverStats().receivedMessages).toBe(3);
    await reader.until(3);
    await rec.close();
    await reader.ended;
    expect(entitiesOf(reader)).toEqual(["/row"]);
  });

  it("listens on an IPv6 address", async () => {
    const server = await relay({ bindIp: "[::1]", thread });
    expect(server.url).toBe(`rerun+http://[::1]:${server.port}/proxy`);
    expect(await (await fetch(`${httpUrl(server.url)}/healthz`)).text()).toBe("ok\n");
  });
});

it("serveGrpc starts nothing with RERUN=off", async () => {
  vi.stubEnv("RERUN", "off");
  const { rec, warnings } = recording();
  const port = await freePort();
  const server = await rec.serveGrpc({ port });
  vi.unstubAllEnvs();
  expect(server.url).toBe(`rerun+http://127.0.0.1:${port}/proxy`);
  await expect(fetch(`${httpUrl(server.url)}/healthz`)).rejects.toThrow();
  expect(warnings).toMatchObject([{ code: "DISABLED" }]);
  await server.close();
});

describe("the options of GrpcServerSink", () => {
  it.each([
    [{ port: 65_536 }, "`port` must be an integer from 0 to 65535, got 65536"],
    [
      { bindIp: "example.com" },
      '`bindIp` must be an IP address, e.g. "127.0.0.1", "0.0.0.0" or "::1", got "example.com"',
    ],
    [
      { serverMemoryLimit: "abc" },
      '`serverMemoryLimit` must be an amount of memory such as "16GB" or "25%", got "abc"',
    ],
    [{ serverMemoryLimit: "5" }, '`serverMemoryLimit` must be an amount of memory such as "16GB" or "25%", got "5"'],
    [
      { serverMemoryLimit: "-1GB" },
      '`serverMemoryLimit` must be an amount of memory such as "16GB" or "25%", got "-1GB"',
    ],
    [
      { serverMemoryLimit: "1.5B" },
      '`serverMemoryLimit` must be an amount of memory such as "16GB" or "25%", got "1.5B"',
    ],
    [
      { serverMemoryLimit: "1gb" },
      '`serverMemoryLimit` must be an amount of memory such as "16GB" or "25%", got "1gb"',
    ],
    [
      { serverMemoryLimit: "101%" },
      '`serverMemoryLimit` must be an amount of memory such as "16GB" or "25%", got "101%"',
    ],
    [{ serverMemoryLimit: -1 }, '`serverMemoryLimit` must be an amount of memory such as "16GB" or "25%", got -1'],
    [{ newestFirst: 1 }, "`newestFirst` must be a boolean, got 1"],
    [
      { corsAllowOrigin: [1] },
      "`corsAllowOrigin` must be a non-empty string or an array of them, got an array of length 1 starting with 1",
    ],
    ...["example.com", "https://example.com/", "https://*.example.com/app", "https://a.example https://b.example"].map(
      (origin): [object, string] => [
        { corsAllowOrigin: [origin] },
        `\`corsAllowOrigin\` must be an origin without a path, e.g. "https://example.com", or a pattern such as "https://*.example.com:*", got "${origin}"`,
      ],
    ),
    ...["https://robot.local", "robot.local:9876", "robot.local:*"].map((host): [object, string] => [
      { allowHosts: host },
      `\`allowHosts\` must be host names without scheme and port, e.g. "robot.local", got "${host}"`,
    ]),
    [{ thread: "yes" }, '`thread` must be true, false or "auto", got "yes"'],
    [{ writeToken: "with space" }, "`writeToken` must be a non-empty string of ASCII characters without spaces"],
    [{ tls: { key: "" } }, "`tls` must be { key, cert }, each a string or bytes in PEM format"],
    [{ maxReaderBytes: -1 }, "`maxReaderBytes` must be a non-negative number, got -1"],
  ])("throw a TypeError for %o", (options, message) => {
    expect(() => new GrpcServerSink(options as never)).toThrow(expect.objectContaining({ name: "TypeError", message }));
  });

  it.each(["0", "unlimited", "none", "max", "∞", "25%", "1GiB", "1.5GB", "100 MB", "7B", 0, 1e9])(
    "accept the memory limit %s, as Rerun does",
    (serverMemoryLimit) => {
      expect(() => new GrpcServerSink({ serverMemoryLimit })).not.toThrow();
    },
  );

  it("cause a warning if other machines can connect without a token", async () => {
    const { rec, warnings } = recording();
    await rec.serveGrpc({ port: 0, bindIp: "0.0.0.0" });
    expect(warnings.map(({ message }) => message)).toEqual([
      expect.stringMatching(/everyone who can connect to 0\.0\.0\.0 can read .* `writeToken`/),
    ]);
    const quiet = recording();
    await quiet.rec.serveGrpc({ port: 0, bindIp: "0.0.0.0", writeToken: "w" });
    expect(quiet.warnings).toEqual([]);
  });
});

describe("the gRPC server of a relay", () => {
  it("passes messages from gRPC over HTTP/2 to gRPC-web readers, and the other way round", async () => {
    const { url } = await relay();
    const messages = messagesOf("i1 a1 s1 b1 x1");
    expect(await client(url).write(messages)).toMatchObject({ status: 0, body: Buffer.alloc(5) });
    const web = await fetch(methodUrl(url, "WriteMessages"), {
      method: "POST",
      headers: { "content-type": "application/grpc-web+proto" },
      body: Buffer.concat(messagesOf("a2 a3").map(frameOf)),
    });
    expect(web.headers.get("content-type")).toBe("application/grpc-web+proto");
    expect(Buffer.from(await web.arrayBuffer()).toString("latin1")).toBe("\0\0\0\0\0\x80\0\0\0\x0fgrpc-status:0\r\n");
    const reader = new RelayReaderClient(url);
    expect(namesOf(await reader.until(7))).toEqual(["i1", "b1", "x1", "s1", "a1", "a2", "a3"]);
    const stop = new AbortController();
    const webReader = await fetch(methodUrl(url, "ReadMessages"), {
      method: "POST",
      headers: { "content-type": "application/grpc-web" },
      body: Buffer.alloc(5),
      signal: stop.signal,
    });
    const { value } = (await webReader.body?.getReader().read()) ?? {};
    expect(value?.length).toBeGreaterThan(100);
    stop.abort();
    reader.stop();
  });

  it("supports gRPC-web-text, in base64 with and without padding between messages", async () => {
    const server = await relay();
    const { url } = server;
    const text = "application/grpc-web-text+proto";
    const response = await fetch(methodUrl(url, "WriteMessages"), {
      method: "POST",
      headers: { "content-type": text, accept: text },
      body: Buffer.concat(messagesOf("a1 a2 a3").map(frameOf)).toString("base64"),
    });
    expect(response.headers.get("content-type")).toBe(text);
    expect(await response.text()).toBe("AAAAAAA=gAAAAA9ncnBjLXN0YXR1czowDQo=");
    expect(server.stats().receivedMessages).toBe(3);
    const padded = messagesOf("a4 a5").map((message) => frameOf(message).toString("base64"));
    const binary = await fetch(methodUrl(url, "WriteMessages"), {
      method: "POST",
      headers: { "content-type": text },
      body: padded.join(""),
    });
    expect(binary.headers.get("content-type")).toBe("application/grpc-web+proto");
    await binary.arrayBuffer();
    expect(server.stats().receivedMessages).toBe(5);
  });

  it("sends the response headers to a reader before there is a message", async () => {
    const { url } = await relay();
    const stop = new AbortController();
    const response = await fetch(methodUrl(url, "ReadMessages"), {
      method: "POST",
      headers: { "content-type": "application/grpc-web+proto" },
      body: Buffer.alloc(5),
      signal: stop.signal,
    });
    expect(response.status).toBe(200);
    stop.abort();
  });

  // On Node 22 a corked response of HTTP/1.1 never emits `drain`.
  it("sends a gRPC-web reader more than its connection buffers", async () => {
    const server = await relay();
    const size = 1024 * 1024;
    const count = 20;
    const http2 = client(server.url);
    for (let index = 0; index < count; index++)
      await http2.call("WriteMessages", frameOf(messageOf(`a${index}`, size)));
    const stop = new AbortController();
    const response = await fetch(methodUrl(server.url, "ReadMessages"), {
      method: "POST",
      headers: { "content-type": "application/grpc-web" },
      body: Buffer.alloc(5),
      signal: stop.signal,
    });
    let bytes = 0;
    for await (const piece of response.body ?? []) {
      bytes += piece.length;
      if (bytes > count * size) break;
    }
    expect(bytes).toBeGreaterThan(count * size);
    stop.abort();
  });

  it("passes on tables, separately from messages", async () => {
    const { url } = await relay();
    const http2 = client(url);
    const table = Buffer.from([0, 0, 0, 0, 7, 0x0a, 2, 0x0a, 0, 0x12, 1, 9]);
    expect(await http2.call("WriteTable", table)).toMatchObject({ status: 0 });
    const incomplete = Buffer.from([0, 0, 0, 0, 4, 0x0a, 2, 0x0a, 0]);
    expect(await http2.call("WriteTable", incomplete)).toMatchObject({
      status: 3,
      message: "missing `data` in `WriteTableRequest`",
    });
    await http2.write(messagesOf("a1"));
    const reader = http2.begin("ReadTables");
    reader.end(Buffer.alloc(5));
    const piece = await new Promise<Buffer>((resolve) => reader.once("data", resolve));
    expect(piece.equals(table)).toBe(true);
    const messages = new RelayReaderClient(url);
    expect(namesOf(await messages.until(1))).toEqual(["a1"]);
    messages.stop();
  });

  it.each([
    ["a message without `log_msg`", Buffer.alloc(5), 3, "missing `log_msg` in `WriteMessagesRequest`"],
    ["a `log_msg` without message", Buffer.from([0, 0, 0, 0, 2, 0x0a, 0]), 3, "missing `msg` in `log_msg`"],
    ["a malformed message", Buffer.from([0, 0, 0, 0, 2, 0x80, 0x80]), 13, "invalid varint"],
    ["a truncated message", Buffer.from([0, 0, 0, 0, 9, 1]), 13, "Unexpected EOF decoding stream."],
    ["a truncated prefix", Buffer.from([0, 0]), 13, "Unexpected EOF decoding stream."],
    ["a compressed message", Buffer.from([1, 0, 0, 0, 0]), 12, "compressed messages are not supported"],
    ["trailers", Buffer.from([0x80, 0, 0, 0, 0]), 13, "invalid compression flag 128"],
    ["a message that is too large", Buffer.from([0, 0xff, 0xff, 0xff, 0xff]), 8, "larger than the limit"],
  ])("rejects %s, and keeps the messages before it", async (_, body, status, reason) => {
    const server = await relay();
    const { url } = server;
    const good = Buffer.concat(messagesOf("a1 a2").map(frameOf));
    const end = await client(url).call("WriteMessages", Buffer.concat([good, body]));
    expect(end).toMatchObject({ status, message: expect.stringContaining(reason) });
    const web = await fetch(methodUrl(url, "WriteMessages"), {
      method: "POST",
      headers: { "content-type": "application/grpc-web+proto" },
      body,
    });
    expect(web.headers.get("grpc-status")).toBe(String(status));
    expect(await web.text()).toContain(`grpc-status:${status}\r\n`);
    expect(server.stats()).toMatchObject({ receivedMessages: 2, refused: 2, writers: 0 });
  });

  it("rejects unknown methods, missing requests, other content types and other HTTP methods", async () => {
    const { url } = await relay();
    expect(await client(url).call("Nothing", Buffer.alloc(5))).toMatchObject({ status: 12 });
    expect(await client(url).call("ReadMessages", Buffer.alloc(0))).toMatchObject({
      status: 13,
      message: "Missing request message.",
    });
    const status = async (method: string, type: string): Promise<number> =>
      (await fetch(methodUrl(url, "ReadMessages"), { method, headers: { "content-type": type } })).status;
    expect(await status("POST", "application/json")).toBe(415);
    expect(await status("POST", "application/grpc")).toBe(415);
    expect(await status("PUT", "application/grpc-web")).toBe(405);
    expect(await status("GET", "application/grpc-web")).toBe(404);
  });

  it("encrypts HTTP/2 and HTTP/1.1 with the option `tls`", async () => {
    const { url } = await relay({ tls, thread: "auto" });
    expect(url).toMatch(/^rerun:\/\/127\.0\.0\.1:\d+\/proxy$/);
    expect(await client(url, { ca: tls.cert }).write(messagesOf("a1"))).toMatchObject({ status: 0 });
    const { rec } = recording();
    await rec.connectGrpc(url, { tls: { ca: tls.cert } });
    rec.log("row", new Scalars(1));
    expect(await rec.flush({ ack: true })).toMatchObject({ complete: true });
    const { get } = await import("node:https");
    const stats = await new Promise<string>((resolve) => {
      get(`${httpUrl(url)}/stats`, { ca: tls.cert }, (response) => {
        let text = "";
        response.on("data", (piece: Buffer) => (text += piece.toString()));
        response.on("end", () => resolve(text));
      });
    });
    expect(JSON.parse(stats)).toMatchObject({ receivedMessages: 4 });
  });
});

describe("the origin check of a relay", () => {
  const preflight = { "access-control-request-method": "POST", "access-control-request-headers": "content-type" };

  it.each([
    "http://localhost",
    "http://localhost:5173",
    "https://127.0.0.1:80",
    "http://[::1]:3000",
    "https://rerun.io",
    "https://app.rerun.io",
    "https://app.example.com",
    "http://exact.example:8080",
    "https://default-port.example",
    "https://any.of-this-port",
    "null",
    "chrome-extension://abcdef",
  ])("allows pages of %s, and lets browsers cache the preflight", async (origin) => {
    const corsAllowOrigin = ["https://*.example.com", "http://exact.example:*", "https://*port.example:443"];
    const others = ["https://any.*:443", "null", "chrome-extension://*"];
    const { url } = await relay({ corsAllowOrigin: [...corsAllowOrigin, ...others] });
    const preflightResponse = await fetch(methodUrl(url, "WriteMessages"), {
      method: "OPTIONS",
      headers: { origin, ...preflight },
    });
    expect(preflightResponse.status).toBe(200);
    expect(Object.fromEntries(preflightResponse.headers)).toMatchObject({
      "access-control-allow-origin": origin,
      "access-control-allow-methods": "POST",
      "access-control-allow-headers": "content-type",
      "access-control-max-age": "86400",
      vary: "origin, access-control-request-method, access-control-request-headers",
    });
    const written = await fetch(methodUrl(url, "WriteMessages"), {
      method: "POST",
      headers: { origin, "content-type": "application/grpc-web" },
      body: frameOf(messagesOf("a1")[0] as never),
    });
    expect(written.headers.get("access-control-expose-headers")).toBe("grpc-status, grpc-message");
    expect(await written.text()).toContain("grpc-status:0");
  });

  it.each([
    "https://evil.example",
    "null",
    // Without TLS, anyone in the network of a browser can be this origin.
    "http://rerun.io",
    "http://rerun.io:8080",
    "http://localhost.evil.example",
    "https://example.com",
    "https://first.example:8443",
  ])("rejects pages of %s before their request is processed", async (origin) => {
    const server = await relay({ corsAllowOrigin: ["https://*.example.com:443", "https://first.*:443"] });
    const { url } = server;
    for (const [method, name, type] of [
      ["OPTIONS", "WriteMessages", "application/grpc-web"],
      ["POST", "WriteMessages", "application/grpc-web"],
      ["POST", "WriteMessages", "text/plain"],
      ["POST", "ReadMessages", "application/grpc-web"],
    ] as const) {
      const response = await fetch(methodUrl(url, name), {
        method,
        headers: { origin, "content-type": type, ...(method === "OPTIONS" && preflight) },
        ...(method === "POST" && { body: frameOf(messagesOf("a1")[0] as never) }),
      });
      expect(response.status).toBe(403);
      expect(response.headers.get("access-control-allow-origin")).toBe(null);
      expect(await response.text()).toContain(`--cors-allow-origin ${origin}`);
    }
    expect((await fetch(`${httpUrl(url)}/stats`, { headers: { origin } })).status).toBe(403);
    const http2 = client(url);
    const refused = { status: 7, message: expect.stringContaining(`--cors-allow-origin ${origin}`) as unknown };
    expect(await http2.call("WriteMessages", Buffer.alloc(0), { origin })).toMatchObject(refused);
    const upgrade = `GET / HTTP/1.1\r\nhost: localhost\r\norigin: ${origin}\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n`;
    expect(await sendRaw(url, upgrade)).toMatch(/^HTTP\/1\.1 403 /);
    expect(server.stats()).toMatchObject({ receivedMessages: 0, refused: 7 });
  });

  it("allows keepalive requests of pages as text/plain, which needs no preflight", async () => {
    const server = await relay();
    const { url } = server;
    const response = await fetch(methodUrl(url, "WriteMessages"), {
      method: "POST",
      headers: { origin: "http://localhost:1", "content-type": "text/plain" },
      body: frameOf(messagesOf("a1")[0] as never),
    });
    expect(await response.text()).toContain("grpc-status:0");
    expect(server.stats().receivedMessages).toBe(1);
  });
});

describe("the host check of a relay", () => {
  const ask = async (url: string, host: string): Promise<string> =>
    (await sendRaw(url, `GET /healthz HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n\r\n`)).split("\r\n", 1)[0] ??
    "";

  it.each([
    "localhost",
    "LOCALHOST:1",
    "127.0.0.1",
    "127.1.2.3:80",
    "[::1]:9876",
    "app.localhost",
    "robot.lan",
    "a.b.example",
  ])("allows the host %s", async (host) => {
    const { url } = await relay({ allowHosts: ["robot.lan", "*.b.example"] });
    expect(await ask(url, host)).toBe("HTTP/1.1 200 OK");
  });

  it.each([
    "evil.example",
    "127.0.0.1.evil.example",
    "localhost.evil.example",
    "192.168.1.5",
    "b.example",
    "",
    "[",
    "robot.lan.evil",
  ])("rejects the host '%s', against DNS rebinding", async (host) => {
    const server = await relay({ allowHosts: ["robot.lan", "*.b.example"] });
    const { url } = server;
    expect(await ask(url, host)).toBe("HTTP/1.1 403 Forbidden");
    const http2 = client(url);
    const end = await http2.call("WriteMessages", Buffer.alloc(0), { ":authority": host === "" ? "x" : host });
    expect(end).toMatchObject({ status: 7, message: expect.stringContaining("`--allow-host ") as unknown });
    expect(server.stats().refused).toBe(2);
  });

  it("allows the names of this machine itself", async () => {
    const { url } = await relay({});
    const name = hostname();
    for (const host of [name, name.toUpperCase(), name.split(".")[0] ?? "", `${name.split(".")[0]}.local`])
      expect(await ask(url, host)).toBe("HTTP/1.1 200 OK");
  });

  it.each([true, false])("says once for each refused name and origin what allows it (thread: %s)", async (thread) => {
    const warnings: string[] = [];
    vi.spyOn(console, "warn").mockImplementation((text: string) => void warnings.push(text));
    onTestFinished(() => void vi.restoreAllMocks());
    const { url } = await relay({ thread });
    for (const host of ["evil.example", "evil.example:80", "robot.lan", "evil.example"]) await ask(url, host);
    await fetch(`${httpUrl(url)}/stats`, { headers: { origin: "https://app.example" } });
    await expect.poll(() => warnings.length).toBe(3);
    expect(warnings[1]).toBe(
      "[rerun] refused a client: the host name robot.lan is not allowed; if it is a name of this server, " +
        "allow it by `--allow-host robot.lan`, or the option `allowHosts`",
    );
    expect(warnings[2]).toContain("--cors-allow-origin https://app.example`");
  });

  it("allows any address if the server listens on all interfaces", async () => {
    const { url } = await relay({ bindIp: "0.0.0.0", writeToken: "w" });
    expect(await ask(url, "192.168.1.5:9876")).toBe("HTTP/1.1 200 OK");
    expect(await ask(url, "evil.example")).toBe("HTTP/1.1 403 Forbidden");
  });
});

describe("the tokens of a relay", () => {
  it.each([
    ["writeToken", "WriteMessages", "ReadMessages"],
    ["writeToken", "WriteTable", "ReadTables"],
    ["readToken", "ReadMessages", "WriteMessages"],
    ["readToken", "ReadTables", "WriteMessages"],
  ])("%s is required for %s, but not for %s", async (option, method, other) => {
    const { url } = await relay({ [option]: "s3cret" });
    const http2 = client(url);
    for (const authorization of [undefined, "Bearer wrong", "s3cret", "Basic s3cret", "Bearer s3cret2", "Bearer"]) {
      const headers: Record<string, string> = authorization === undefined ? {} : { authorization };
      expect(await http2.call(method, Buffer.alloc(5), headers), authorization).toMatchObject({ status: 16 });
      const web = await fetch(methodUrl(url, method), {
        method: "POST",
        headers: { ...headers, "content-type": "application/grpc-web" },
        body: Buffer.alloc(5),
      });
      expect(await web.text()).toContain("grpc-status:16\r\n");
    }
    const stop = endsWith(http2, method, { authorization: "Bearer s3cret" });
    expect(await stop).not.toBe(16);
    expect(await endsWith(http2, other, {})).not.toBe(16);
  });

  it("readToken is required for /stats, but not for /healthz", async () => {
    const { url } = await relay({ readToken: "r" });
    const status = async (path: string, headers: Record<string, string> = {}): Promise<number> =>
      (await fetch(httpUrl(url) + path, { headers })).status;
    expect(await status("/stats")).toBe(401);
    expect(await status("/stats", { authorization: "Bearer x" })).toBe(401);
    expect(await status("/stats", { authorization: "Bearer r" })).toBe(200);
    expect(await status("/healthz")).toBe(200);
  });

  it("writeToken can be sent by GrpcSink in `headers`; with a wrong one the data is kept", async () => {
    const server = await relay({ writeToken: "w" });
    const { url } = server;
    const { rec } = recording();
    await rec.connectGrpc(url, { headers: { authorization: "Bearer w" } });
    rec.log("row", new Scalars(1));
    expect(await rec.flush({ ack: true })).toMatchObject({ complete: true });
    expect(server.stats().receivedMessages).toBe(3);
    const wrong = recording();
    await wrong.rec.connectGrpc(url, { headers: { authorization: "Bearer x" } });
    wrong.rec.log("row", new Scalars(1));
    expect(await wrong.rec.flush({ ack: true, timeoutMs: 500 })).toMatchObject({ complete: false, droppedRows: 0 });
    expect(wrong.rec.stats().sinks[0]).toMatchObject({ state: "connecting", lastError: { code: "AUTH" } });
    void wrong.rec.connectGrpc(url, { headers: { authorization: "Bearer w" } });
    expect(await wrong.rec.flush({ ack: true })).toMatchObject({ complete: true, droppedRows: 0 });
  });

  /** The status of a call, or `"open"` if it continues. */
  async function endsWith(
    http2: Http2Client,
    method: string,
    headers: Record<string, string>,
  ): Promise<number | "open"> {
    const stream = http2.begin(method, headers);
    stream.end(Buffer.alloc(5));
    return new Promise((resolve) => {
      stream.on("response", (answer) =>
        resolve(answer["grpc-status"] === undefined ? "open" : Number(answer["grpc-status"])),
      );
    });
  }
});

it("a relay responds to /healthz, and with 404 to other paths", async () => {
  const { url } = await relay();
  const get = async (path: string): Promise<readonly [number, string]> => {
    const response = await fetch(httpUrl(url) + path);
    return [response.status, (await response.text()).trim()];
  };
  expect(await get("/healthz")).toEqual([200, "ok"]);
  expect((await get("/"))[0]).toBe(404);
  expect(VERSION).not.toBe("");
});
