import { once } from "node:events";
import { createServer } from "node:http2";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import * as rr from "@rerun-ts/node";
import { expect, it, onTestFinished } from "vitest";
import { readServer } from "../../../cli/dist/download/read-server.js";

/** A few kilobytes that expand to this many bytes. */
const BYTES = 2 ** 24;

/** The URL of a server whose answers are messages with the compression gzip, whatever a client accepts. */
async function hostileServer(): Promise<string> {
  const zipped = gzipSync(Buffer.alloc(BYTES));
  const message = Buffer.concat([Buffer.from([1, 0, 0, 0, 0]), zipped]);
  message.writeUInt32BE(zipped.byteLength, 1);
  const server = createServer();
  server.on("stream", (stream) => {
    stream.on("error", () => {});
    const trailers = (): void => stream.sendTrailers({ "grpc-status": "0" });
    stream.on("wantTrailers", trailers);
    const headers = { ":status": 200, "content-type": "application/grpc+proto", "grpc-encoding": "gzip" };
    stream.respond(headers, { waitForTrailers: true });
    stream.end(message);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  onTestFinished(() => void server.close());
  return `rerun+http://127.0.0.1:${(server.address() as AddressInfo).port}/proxy`;
}

it("an answer with a compression that was not accepted is not expanded", async () => {
  const url = await hostileServer();
  const viewer = await rr.viewer.connectViewer(url);
  await expect(viewer.state()).rejects.toThrow(/unsupported response encoding "gzip"/);
  const messages = readServer(rr.viewer.parseProxyUrl(url), AbortSignal.timeout(20_000));
  await expect(messages.next()).rejects.toThrow(/unsupported response encoding "gzip"/);
});
