import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { s3Store, type ObjectStore } from "@rerun-ts/storage";
import { FOREIGN_ANSWERS, type ForeignAnswerName } from "@rerun-ts/test-support/node/foreign-answers";
import { S3_CREDENTIALS } from "@rerun-ts/test-support/node/s3-server";
import { describe, expect, it, onTestFinished } from "vitest";

const OK = (Object.keys(FOREIGN_ANSWERS) as ForeignAnswerName[]).filter(
  (name) => /^20[04]/.test(name) && !("end" in FOREIGN_ANSWERS[name]),
);
const BODY = Buffer.from("rows");
const LISTED = "<ListBucketResult><Contents><Key>prefix/part.rrd</Key><Size>4</Size></Contents></ListBucketResult>";

/** A bucket, and something that answers in its place while `others` has an answer for the method. */
class Bucket {
  readonly objects = new Map<string, Buffer>();
  /** What becomes of the next requests: they are cut, or answered by somebody else. */
  readonly others: [method: string, answer: ForeignAnswerName | "cut"][] = [];
  readonly requests: string[] = [];

  async start(): Promise<ObjectStore> {
    const server = createServer((request, response) => void this.#answer(request, response));
    onTestFinished(() => void server.close());
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    return s3Store("s3://bucket/prefix", { endpoint, credentials: S3_CREDENTIALS, probe: false });
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = "", url = "" } = request;
    const body = Buffer.concat(await request.toArray());
    this.requests.push(method);
    const [next] = this.others;
    if (next?.[0] === method) {
      this.others.shift();
      if (next[1] === "cut") return void request.socket.destroy();
      const {
        status,
        headers,
        body: page,
      }: { status: number; headers?: object; body?: string | Uint8Array } = FOREIGN_ANSWERS[next[1]];
      return void response.writeHead(status, { ...headers }).end(page);
    }
    if (url.includes("list-type=2")) return void response.end(LISTED);
    const object = this.objects.get(url);
    if (method === "DELETE") {
      this.objects.delete(url);
      return void response.writeHead(204).end();
    }
    if (method === "PUT") {
      if (object !== undefined) return void response.writeHead(412).end();
      this.objects.set(url, body);
      return void response.writeHead(200, { etag: '"1"' }).end();
    }
    if (object === undefined) return void response.writeHead(404).end();
    response.writeHead(200, { etag: '"1"', "content-length": object.byteLength }).end(object);
  }
}

describe("an s3Store behind something that answers some requests in place of the bucket", () => {
  it.each(OK)("does not take an object for stored after an upload without an answer and a HEAD: %s", async (name) => {
    const bucket = new Bucket();
    const store = await bucket.start();
    bucket.others.push(["PUT", "cut"], ["HEAD", name]);
    expect(await store.create("part.rrd", BODY)).toBe(true);
    expect([...bucket.objects.values()]).toEqual([BODY]);
    expect(bucket.requests).toEqual(["PUT", "HEAD", "PUT"]);
  });

  it.each(OK)("does not take an object for read or listed: %s", async (name) => {
    const bucket = new Bucket();
    const store = await bucket.start();
    await store.create("part.rrd", BODY);
    bucket.others.push(["GET", name], ["HEAD", name], ["GET", name]);
    expect(Buffer.from(await store.read("part.rrd"))).toEqual(BODY);
    expect((await store.head("part.rrd"))?.size).toBe(BODY.byteLength);
    const keys: string[] = [];
    for await (const { key } of store.list("")) keys.push(key);
    expect(keys).toEqual(["part.rrd"]);
  });

  // Buckets answer with 204, too.
  it.each(OK.filter((name) => name !== "204"))("does not take an object for deleted: %s", async (name) => {
    const bucket = new Bucket();
    const store = await bucket.start();
    await store.create("part.rrd", BODY);
    bucket.others.push(["DELETE", name]);
    await store.delete?.("part.rrd");
    expect(bucket.objects.size).toBe(0);
  });
});
