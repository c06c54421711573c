import { readFileSync } from "node:fs";
import { constants, connect as connectHttp2 } from "node:http2";
import { once } from "node:events";
import { join } from "node:path";
import { connect as connectTls } from "node:tls";
import { serve, type types } from "@rerun-ts/node";
import { afterEach, describe, expect, it, vi } from "vitest";
import { openSocket, sendRaw } from "@rerun-ts/test-support/node/raw-http";
import { Http2Client, RelayReaderClient, frameOf, httpUrl } from "@rerun-ts/test-support/node/relay-client";
import { messagesOf, namesOf } from "@rerun-ts/test-support/node/relay-messages";

const TLS_FOLDER = join(import.meta.dirname, "../../../../tests/processes/harness/tls");
const tls = {
  key: readFileSync(join(TLS_FOLDER, "key.pem")),
  cert: readFileSync(join(TLS_FOLDER, "certificate.pem"), "utf8"),
};
const WRITE = "/rerun.sdk_comms.v1alpha1.MessageProxyService/WriteMessages";

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

async function relay(options: types.GrpcServerSinkOptions = {}): Promise<serve.GrpcServer> {
  const server = await serve.serveGrpcRelay({ port: 0, thread: false, ...options });
  open.push(server);
  return server;
}

describe("a connection without a right to stay is closed:", () => {
  it("a call that was rejected and whose client never ends it", async () => {
    const server = await relay({ writeToken: "secret" });
    const session = connectHttp2(httpUrl(server.url));
    open.push({ close: () => session.destroy() });
    const stream = session.request({ ":method": "POST", ":path": WRITE, "content-type": "application/grpc" });
    stream.resume();
    stream.write(Buffer.alloc(100));
    await once(stream, "close");
    expect(stream.rstCode).toBe(constants.NGHTTP2_NO_ERROR);
  });

  it("the request for a WebSocket that was rejected and whose client never closes", async () => {
    const server = await relay();
    const head = "GET /ws HTTP/1.1\r\nhost: localhost\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n";
    for (let count = 0; count < 5; count++) {
      const socket = openSocket(server.url);
      socket.allowHalfOpen = true;
      socket.write(head);
      open.push({ close: () => socket.destroy() });
    }
    await expect.poll(() => server.stats().refused).toBe(5);
    await expect.poll(() => server.stats().connections, { timeout: 5000 }).toBe(0);
  });

  it("HTTP/2 with TLS, but without ALPN", async () => {
    const server = await relay({ tls });
    const warnings: string[] = [];
    const onWarning = ({ name }: Error): void => void warnings.push(name);
    process.on("warning", onWarning);
    const { port, hostname } = new URL(httpUrl(server.url));
    for (let count = 0; count < 15; count++) {
      const socket = connectTls({ port: Number(port), host: hostname, ca: tls.cert, servername: "localhost" });
      socket.on("error", () => {});
      open.push({ close: () => socket.destroy() });
      await once(socket, "secureConnect");
      socket.resume().write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
    }
    const client = new Http2Client(server.url, { ca: tls.cert });
    open.push(client);
    expect(await client.write(messagesOf("a1"))).toMatchObject({ status: 0 });
    process.off("warning", onWarning);
    expect(warnings).toEqual([]);
  });
});

it("a relay allows 128 calls at a time on a connection of HTTP/2", async () => {
  const server = await relay();
  const session = connectHttp2(httpUrl(server.url));
  open.push({ close: () => session.destroy() });
  const [settings] = (await once(session, "remoteSettings")) as [{ maxConcurrentStreams: number }];
  expect(settings.maxConcurrentStreams).toBe(128);
});

describe("a relay ignores the wish for another protocol than WebSockets", () => {
  const upgrade = "connection: Upgrade, HTTP2-Settings\r\nupgrade: h2c\r\nhttp2-settings: AAMAAABkAAQAAP__\r\n";

  it("in a GET request", async () => {
    const { url } = await relay();
    const response = await sendRaw(url, `GET /healthz HTTP/1.1\r\nhost: localhost\r\n${upgrade}\r\n`, "ok\n");
    expect(response).toMatch(/^HTTP\/1.1 200 OK/);
  });

  it("in a request with a body", async () => {
    const server = await relay();
    const body = Buffer.concat(messagesOf("a1 a2").map(frameOf));
    const head = `POST ${WRITE} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/grpc-web\r\n${upgrade}content-length: ${body.length}\r\n\r\n`;
    expect(await sendRaw(server.url, Buffer.concat([Buffer.from(head), body]), "grpc-status:")).toContain(" 200 OK");
    const reader = new RelayReaderClient(server.url);
    expect(namesOf(await reader.until(2))).toEqual(["a1", "a2"]);
    reader.stop();
  });
});

it("a client whose request has arrived while the relay was stalled is served, although its time has passed", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout"] });
  open.push({ close: () => vi.useRealTimers() });
  const server = await relay();
  const [early, late] = [openSocket(server.url), openSocket(server.url)];
  open.push({ close: () => [early, late].map((socket) => socket.destroy()) });
  const request = "GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n";
  await Promise.all([once(early, "connect"), once(late, "connect")]);
  // Its response tells that both connections were accepted.
  late.write(request);
  await once(late, "data");
  early.write(request);
  const answer = Promise.race([once(early, "data"), once(early, "close").then(() => ["closed"])]);
  vi.advanceTimersByTime(60_000);
  expect(String((await answer)[0])).toMatch(/^HTTP\/1.1 200/);
});
