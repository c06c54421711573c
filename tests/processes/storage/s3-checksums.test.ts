import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { readFileSync, readdirSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { request } from "node:https";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { crc32 } from "node:zlib";
import { PartsSink, s3Store, type ObjectStore, type PartStore } from "@rerun-ts/storage";
import { Points3D, RecordingStream, RerunError } from "@rerun-ts/node";
import { S3_CREDENTIALS, S3Server } from "@rerun-ts/test-support/node/s3-server";
import { lacksS3, s3Name, s3Program } from "@rerun-ts/test-support/setup/need-s3";
import { AwsV4Signer } from "aws4fetch";
import { describe, expect, onTestFinished } from "vitest";
import { CLI } from "../harness/command.ts";
import { rowNumbers } from "../harness/logged-rows.ts";
import { it } from "../harness/test.ts";

const TLS = join(import.meta.dirname, "../harness/tls");
const CERTIFICATE = join(TLS, "certificate.pem");
const ca = readFileSync(CERTIFICATE, "utf8");
const BODY = Buffer.alloc(1_000_000, "part");
const POLL_MS = 10;

async function startServer(folder: string): Promise<{ server: S3Server; store: ObjectStore }> {
  const data = join(folder, "s3");
  await mkdir(data);
  const tls = { cert: CERTIFICATE, key: join(TLS, "key.pem") };
  const server = await S3Server.start(s3Program(), { folder: data, buckets: ["bucket"], tls });
  onTestFinished(() => server.stop());
  return { server, store: s3Store("s3://bucket", { endpoint: server.url, credentials: S3_CREDENTIALS, ca }) };
}

/** Sends half of an upload, and ends its connection. */
async function cutUpload(server: S3Server, key: string, headers: Readonly<Record<string, string>>): Promise<void> {
  const signer = new AwsV4Signer({
    method: "PUT",
    url: `${server.url}/bucket/${key}`,
    headers: { "if-none-match": "*", "x-amz-content-sha256": "UNSIGNED-PAYLOAD", ...headers },
    service: "s3",
    region: "us-east-1",
    ...S3_CREDENTIALS,
  });
  const signed = await signer.sign();
  const fields = { ...Object.fromEntries(signed.headers), "content-length": BODY.byteLength };
  const call = request(signed.url, { method: "PUT", ca, headers: fields, agent: false });
  call.on("error", () => {});
  await new Promise((resolve) => call.write(BODY.subarray(0, BODY.byteLength / 2), resolve));
  const closed = once(call, "close");
  call.socket?.end();
  await closed;
}

/** The CRC-32 of the whole body, as the header of an upload. */
function checksumHeader(body: Uint8Array): Readonly<Record<string, string>> {
  const digest = Buffer.alloc(4);
  digest.writeUInt32BE(crc32(body));
  return { "x-amz-checksum-crc32": digest.toString("base64") };
}

/** Fills a spool with three parts of more than a megabyte each, and returns their paths. */
async function fillSpool(spool: string): Promise<string[]> {
  const away: PartStore = { url: "away:", create: () => Promise.reject(new RerunError("CONNECTION", "no network")) };
  const rec = new RecordingStream("spooled", { recordingId: "spooled run" });
  await rec.setSinks([new PartsSink(away, { dataset: "fleet", spool, producer: "robot", maxBytes: "1MB" })]);
  for (let row = 0; row < 3; row++) {
    rec.setTime("row", { sequence: row });
    rec.log("rows", new Points3D(Float32Array.from({ length: 300_000 }, () => Math.random())));
    await rec.flush();
  }
  await rec.close({ timeoutMs: 1 });
  const names = readdirSync(spool, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".rrd"));
  return names.map((name) => join(spool, name)).sort();
}

function sha256Of(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** A connection to a server that ends after so many bytes of all clients together, as at the death of the program. */
async function startCut(port: number, bytes: number): Promise<{ port: number; reached: Promise<void>; end(): void }> {
  const sockets: Socket[] = [];
  let left = bytes;
  let reach = (): void => {};
  const reached = new Promise<void>((resolve) => (reach = resolve));
  const server = createServer((client) => {
    const target = connect(port, "127.0.0.1");
    sockets.push(client, target);
    for (const socket of [client, target]) socket.on("error", () => {});
    target.pipe(client);
    client.on("data", (piece) => {
      if (left > 0) target.write(piece);
      left -= piece.byteLength;
      if (left <= 0) reach();
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const end = (): void => {
    for (const socket of sockets) socket.end();
    server.close();
  };
  onTestFinished(() => void server.close());
  return { port: (server.address() as AddressInfo).port, reached, end };
}

function push(spool: string, endpoint: string): ReturnType<typeof spawn> {
  const { accessKeyId, secretAccessKey } = S3_CREDENTIALS;
  const env = { ...process.env, AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey };
  const args = ["push", spool, "--to", "s3://bucket", "--endpoint", endpoint, "--ca", CERTIFICATE];
  return spawn(process.execPath, [CLI, ...args], { env, stdio: "ignore" });
}

// moto and rclone have no TLS here.
describe.skipIf(lacksS3() || s3Name() !== "versitygw")(`uploads over TLS, with ${s3Name()}`, () => {
  it("leave nothing in the store if they are cut, with a checksum", async ({ folder }) => {
    const { server, store } = await startServer(folder);
    await cutUpload(server, "checked", checksumHeader(BODY));
    // Without a checksum, this server keeps what has arrived. Then it has ended the first upload, too.
    await cutUpload(server, "unchecked", {});
    while ((await store.head("unchecked")) === undefined) await sleep(POLL_MS);
    expect(await store.head("unchecked")).toMatchObject({ size: BODY.byteLength / 2 });
    expect(await store.head("checked")).toBeUndefined();
    // A server that answers late is asked again.
    await expect.poll(() => store.wantsSha256?.("checked", BODY.byteLength), { timeout: 30_000 }).toBe(false);
    expect(await store.create("checked", new Blob([BODY]))).toBe(true);
    expect(await store.head("checked")).toMatchObject({ size: BODY.byteLength });
  });

  it("send all parts whole after a push that was killed within them", async ({ folder }) => {
    const { server, store } = await startServer(folder);
    const spool = join(folder, "spool");
    const parts = (await fillSpool(spool)).map((path) => readFileSync(path));
    expect(parts).toHaveLength(3);
    const cut = await startCut(server.port, 2_000_000);
    const killed = push(spool, `https://127.0.0.1:${cut.port}`);
    await cut.reached;
    killed.kill("SIGKILL");
    await once(killed, "exit");
    cut.end();
    const [code] = (await once(push(spool, server.url), "exit")) as [number];
    expect(code).toBe(0);
    const stored: Buffer[] = [];
    for await (const { key } of store.list("v1/")) {
      if (!key.endsWith(".rrd")) continue;
      const part = Buffer.from(await store.read(key));
      // It has a checksum, or if the server has answered too late before, a hash.
      const { sha256 = sha256Of(part) } = (await store.head(key)) ?? {};
      expect(sha256).toBe(sha256Of(part));
      stored.push(part);
    }
    expect(stored.map((part, index) => part.equals(parts[index] as Buffer))).toEqual([true, true, true]);
    expect(stored.map((part) => [...rowNumbers(part)])).toEqual([[0], [1], [2]]);
    expect(readdirSync(spool)).toEqual([]);
  });
});
