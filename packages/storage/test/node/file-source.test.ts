import { execFileSync } from "node:child_process";
import { createWriteStream, writeFileSync } from "node:fs";
import { truncate } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { s3Store, type ObjectBody } from "@rerun-ts/storage";
import { makeTemporaryFolder } from "@rerun-ts/test-support/node/temporary-folder";
import { afterAll, expect, it, onTestFinished } from "vitest";
import { FileSource } from "../../dist/store/file-source.js";

const folder = makeTemporaryFolder();
afterAll(folder.remove);

/** Different bytes at all positions of pieces. */
const CONTENTS = Buffer.from(Uint8Array.from({ length: 600_000 }, (_, at) => at % 251));

/** Uploads a body without TLS. Returns what the server has received. */
async function upload(body: ObjectBody, onRequest = async (): Promise<void> => {}): Promise<Buffer> {
  const pieces: Buffer[] = [];
  const server = createServer((request, response) => {
    void onRequest().then(() => request.on("data", (piece: Buffer) => pieces.push(piece)));
    request.on("end", () => response.setHeader("etag", "1").end());
  }).listen(0, "127.0.0.1");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  await new Promise((resolve) => server.once("listening", resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const credentials = { accessKeyId: "a", secretAccessKey: "b" };
  const store = s3Store("s3://bucket", { endpoint, credentials, probe: false, attempts: 1 });
  await store.create("a", body, { sha256: "0".repeat(64) });
  return Buffer.concat(pieces);
}

it("a file is sent unchanged to a slow server, also if the system gives it in small pieces", async () => {
  const path = join(folder.path, "pipe");
  execFileSync("mkfifo", [path]);
  const pieces = Array.from({ length: 2000 }, (_, number) => Buffer.alloc(10_000, number % 251));
  const writer = createWriteStream(path);
  let written = 0;
  const writing = (async () => {
    for (; written < pieces.length; written++) await new Promise((resolve) => writer.write(pieces[written], resolve));
    writer.end();
  })();
  // The server reads when the connection is full.
  const waitUntilFull = async (): Promise<void> => {
    for (let before = -1; before !== written; await sleep(20)) before = written;
  };
  const sent = await upload(new FileSource(path, 20_000_000), waitUntilFull);
  await writing;
  expect(sent.equals(Buffer.concat(pieces))).toBe(true);
});

it("the pieces of a file for a store of a user keep their bytes", async () => {
  const path = join(folder.path, "kept");
  writeFileSync(path, CONTENTS);
  const pieces: Uint8Array[] = [];
  for await (const piece of new FileSource(path, CONTENTS.byteLength).chunks()) pieces.push(piece);
  expect(Buffer.concat(pieces).equals(CONTENTS)).toBe(true);
});

it("an upload of a file fails at once if the file becomes shorter", async () => {
  const path = join(folder.path, "short");
  writeFileSync(path, "");
  await truncate(path, 100_000_000);
  const sent = upload(new FileSource(path, 100_000_000), () => truncate(path, 1));
  await expect(sent).rejects.toMatchObject({
    code: "INVALID_DATA",
    message: expect.stringMatching(/^the body has \d+ bytes instead of 100000000$/),
  });
});

it("an upload of a file ends before bytes beyond the expected ones", async () => {
  const path = join(folder.path, "long");
  writeFileSync(path, CONTENTS);
  await expect(upload(new FileSource(path, 500_000))).rejects.toMatchObject({
    code: "INVALID_DATA",
    message: "the body has more bytes than 500000",
  });
});
