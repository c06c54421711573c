import { once } from "node:events";
import { createServer } from "node:http";
import { createServer as createTcpServer, type AddressInfo } from "node:net";
import { s3Store } from "@rerun-ts/storage";
import { expect, it } from "vitest";

it("a list of objects that is longer than any list is not read to its end", async () => {
  let end = (): void => {};
  const ended = new Promise<void>((resolve) => (end = resolve));
  const server = createServer((_, response) => {
    response.writeHead(200, { "content-type": "application/xml", "content-length": String(1e12) });
    response.on("close", () => end());
    const send = (): void => void (response.destroyed || response.write(Buffer.alloc(1 << 20, " "), send));
    send();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const store = s3Store("s3://bucket/a", {
    endpoint,
    credentials: { accessKeyId: "a", secretAccessKey: "b" },
    attempts: 1,
  });
  await expect(store.list("")[Symbol.asyncIterator]().next()).rejects.toMatchObject({
    code: "CONNECTION",
    message: /more than 16 MiB/,
  });
  await ended;
  server.close();
});

it.each(["the headers", "the body"])("an answer whose server sends %s byte by byte ends in an error", async (part) => {
  const head = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n";
  const server = createTcpServer((socket) => {
    socket.on("error", () => {});
    socket.resume();
    socket.write(part === "the body" ? `${head}\r\n` : head);
    const drip = setInterval(() => socket.write(part === "the body" ? "1\r\n<\r\n" : "x"), 100);
    socket.on("close", () => clearInterval(drip));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const store = s3Store("s3://bucket/a", {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    credentials: { accessKeyId: "a", secretAccessKey: "b" },
    attempts: 1,
    timeoutMs: 500,
    probe: false,
  });
  const slow = { code: "CONNECTION", message: /: only \d+ bytes in 0.5 seconds$/ };
  await expect(store.list("")[Symbol.asyncIterator]().next()).rejects.toMatchObject(slow);
  await expect(store.create("b", new Uint8Array(1_000_000))).rejects.toMatchObject(slow);
  server.close();
});
