import { isSoak } from "@rerun-ts/test-support/node/environment";
import { serve } from "@rerun-ts/node";
import { GrpcFrameReader, ReceiveMemory, Relay, RelayError } from "@rerun-ts/node/relay";
import { expect, it } from "vitest";
import { seededRandom } from "@rerun-ts/test-support/common/seeded-random";
import { mutate } from "@rerun-ts/test-support/node/damage-bytes";
import { openSocket } from "@rerun-ts/test-support/node/raw-http";
import { Http2Client, frameOf, httpUrl } from "@rerun-ts/test-support/node/relay-client";
import { messagesOf } from "@rerun-ts/test-support/node/relay-messages";

const BODIES = isSoak ? 500_000 : 6000;
const REQUESTS = isSoak ? 5000 : 300;

it(
  `a relay accepts or rejects ${BODIES} damaged request bodies, and releases their memory`,
  { timeout: 300_000 },
  () => {
    const random = seededRandom(1);
    const memory = new ReceiveMemory();
    const relay = new Relay({ memoryLimit: 2 ** 20, isNewestFirst: false, maxReaderBytes: 2 ** 20 });
    const bodies = [messagesOf("i1 a1 s1 b1 x1"), messagesOf("a2 a3", 200), messagesOf("a4", 40_000)].map((messages) =>
      Buffer.concat(messages.map(frameOf)),
    );
    const counts = { accepted: 0, rejected: 0 };
    for (let index = 0; index < BODIES; index++) {
      const body = mutate(bodies[random(bodies.length)] as Buffer, random);
      const frames = new GrpcFrameReader(
        memory.reserve(relay, { onRoom() {}, onExpired() {} }),
        (...frame) => void relay.writeFrame(...frame),
      );
      try {
        for (let at = 0; at < body.length;) {
          const end = at + 1 + random(random(2) === 0 ? 8 : body.length);
          frames.push(body.subarray(at, end));
          at = end;
        }
        frames.end();
        counts.accepted++;
      } catch (error) {
        if (!(error instanceof RelayError)) throw error;
        expect([3, 8, 12, 13]).toContain(error.status);
        frames.release();
        counts.rejected++;
      }
      expect(memory.bytes).toBe(0);
    }
    expect(counts.accepted).toBeGreaterThan(BODIES / 50);
    expect(counts.rejected).toBeGreaterThan(BODIES / 5);
    expect(relay.history.bytes).toBeLessThan(66 * 2 ** 20);
    // The retained messages are complete.
    const reader = relay.subscribe("messages", { onReady: () => {}, onDisconnected: () => {} });
    for (let message = reader.take(); message !== undefined; message = reader.take())
      expect(message.frame.readUInt32BE(1)).toBe(message.frame.length - 5);
  },
);

it(
  `a relay serves other clients during ${REQUESTS} damaged HTTP/1.1 and HTTP/2 connections`,
  { timeout: 300_000 },
  async () => {
    const random = seededRandom(2);
    const server = await serve.serveGrpcRelay({ port: 0, thread: false });
    const body = Buffer.concat(messagesOf("i1 a1 s1").map(frameOf));
    const head = `POST /rerun.sdk_comms.v1alpha1.MessageProxyService/WriteMessages HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/grpc-web\r\ncontent-length: ${body.length}\r\n\r\n`;
    const [http1, http2] = [Buffer.concat([Buffer.from(head), body]), await recordHttp2(server.url, body)];
    for (let index = 0; index < REQUESTS; index++) {
      const socket = openSocket(server.url);
      socket.resume();
      socket.end(mutate(random(2) === 0 ? http1 : http2, random));
      if (index % 20 === 19) expect(await (await fetch(`${httpUrl(server.url)}/healthz`)).text()).toBe("ok\n");
    }
    const client = new Http2Client(server.url);
    expect(await client.write(messagesOf("a1"))).toMatchObject({ status: 0 });
    client.close();
    await server.close();
    expect(server.stats().connections).toBe(0);
  },
);

/** The bytes that Node's own client sends for a call. */
async function recordHttp2(url: string, body: Buffer): Promise<Buffer> {
  const { createServer, connect } = await import("node:net");
  const pieces: Buffer[] = [];
  const { port } = new URL(httpUrl(url));
  const proxy = createServer((socket) => {
    const target = connect(Number(port), "127.0.0.1");
    socket.on("data", (piece: Buffer) => pieces.push(piece));
    socket.pipe(target).pipe(socket);
    for (const one of [socket, target]) one.on("error", () => {});
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  const client = new Http2Client(`rerun+http://127.0.0.1:${(proxy.address() as { port: number }).port}/proxy`);
  expect(await client.call("WriteMessages", body)).toMatchObject({ status: 0 });
  client.close();
  proxy.close();
  return Buffer.concat(pieces);
}
