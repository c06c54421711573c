import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { readMessages } from "@rerun-ts/web/read";
import { expect, it, onTestFinished } from "vitest";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

it("a signal ends a call of which a part was read, also after memory was collected", async () => {
  let isClosed = false;
  const server = createServer((_request, response) => {
    response.once("close", () => (isClosed = true));
    response.writeHead(200, { "content-type": "application/grpc-web+proto" });
    // The first bytes of a message that does not come.
    response.write(Buffer.from([0, 0, 0, 0]));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;

  const controller = new AbortController();
  const { signal } = controller;
  const isReading = new Promise<void>((resolve) => server.once("request", () => resolve()));
  const read = readMessages(`rerun+http://127.0.0.1:${port}/proxy`, { signal }).next();
  await isReading;
  // Only then is the head of the response there, and its body being read.
  await new Promise((resolve) => setTimeout(resolve, 200));
  for (let time = 0; time < 5; time++) collectGarbage();
  await new Promise((resolve) => setTimeout(resolve, 20));
  controller.abort();
  await expect(read).rejects.toMatchObject({ code: "ABORTED" });
  await expect.poll(() => isClosed).toBe(true);
});
