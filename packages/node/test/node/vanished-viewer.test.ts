import { once } from "node:events";
import { createServer } from "node:http2";
import type { AddressInfo } from "node:net";
import * as rr from "@rerun-ts/node";
import { TcpProxy } from "@rerun-ts/test-support/node/tcp-proxy";
import { expect, it, onTestFinished } from "vitest";

it("a viewer's control goes on over another connection when a machine has vanished without a word", async () => {
  const server = createServer();
  // As a viewer without this service answers.
  const unimplemented = { ":status": 200, "content-type": "application/grpc+proto", "grpc-status": "12" };
  server.on("stream", (stream) => {
    stream.on("error", () => {});
    stream.respond(unimplemented, { endStream: true });
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  onTestFinished(() => void server.close());
  const proxy = await TcpProxy.start((server.address() as AddressInfo).port);
  const viewer = await rr.viewer.connectViewer(proxy.url);
  await expect(viewer.state()).rejects.toMatchObject({ code: "UNSUPPORTED" });
  proxy.vanish();
  await expect(viewer.state()).rejects.toMatchObject({ code: "UNSUPPORTED" });
  expect(proxy.connections).toBe(2);
});
