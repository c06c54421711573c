import { createHash } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer as createPlainServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { s3Store, type ObjectStore, type S3StoreOptions } from "@rerun-ts/storage";
import { describe, expect, it, onTestFinished, vi } from "vitest";

const TLS_FOLDER = join(import.meta.dirname, "../../../../tests/processes/harness/tls");
const cert = readFileSync(join(TLS_FOLDER, "certificate.pem"), "utf8");
const key = readFileSync(join(TLS_FOLDER, "key.pem"), "utf8");
const LARGE = new Uint8Array(256 * 1024).fill(7);
const TEST = "PUT wrong";

/** The answer to a request: that of a server that compares checksums, of one that ignores them, a status, or none. */
type Answer = "compares" | "ignores" | "cut" | { readonly status: number; readonly code?: string; keeps?: boolean };

/** A server with the API of S3 that creates objects once. Its answers to uploads with a checksum can be chosen. */
class ChecksumServer {
  readonly objects = new Map<string, Buffer>();
  /** The uploads: `PUT right` or `PUT wrong` with a checksum, others `PUT sha256`, `PUT unsigned` or `PUT racer`. */
  readonly uploads: string[] = [];
  answer: (sent: string) => Answer = () => "compares";
  #endpoint = "";

  async start(scheme: "http" | "https"): Promise<this> {
    const handle = (request: IncomingMessage, response: ServerResponse): void => void this.#handle(request, response);
    const server = scheme === "https" ? createServer({ cert, key }, handle) : createPlainServer(handle);
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    this.#endpoint = `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`;
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    return this;
  }

  store(options: S3StoreOptions = {}): ObjectStore {
    const credentials = { accessKeyId: "a", secretAccessKey: "b" };
    return s3Store("s3://bucket", { endpoint: this.#endpoint, credentials, ca: cert, attempts: 1, ...options });
  }

  /** The uploads without those that test whether an object is created once. */
  get uploadsOfParts(): readonly string[] {
    return this.uploads.filter((sent) => sent !== "PUT racer");
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = "", url = "", headers } = request;
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    const body = Buffer.concat(pieces);
    if (method !== "PUT") {
      const found = this.objects.get(url);
      if (method === "DELETE") this.objects.delete(url);
      response.writeHead(method === "DELETE" ? 204 : found === undefined ? 404 : 200, {
        etag: '"1"',
        "content-length": method === "DELETE" ? 0 : (found?.byteLength ?? 0),
      });
      return void response.end();
    }
    // Without its signature, a header may be removed on the way.
    const isCovered = /SignedHeaders=[\w;-]*x-amz-checksum-crc32[;,]/.test(headers.authorization ?? "");
    const wanted = isCovered ? headers["x-amz-checksum-crc32"] : undefined;
    const hash = headers["x-amz-content-sha256"];
    const isRight = wanted === crcOf(body);
    const isSigned = hash !== "UNSIGNED-PAYLOAD";
    const isRacer = body.toString("latin1", 0, 6) === "racer ";
    const other = isRacer ? "racer" : isSigned ? "sha256" : "unsigned";
    const sent = `PUT ${wanted === undefined ? other : isRight ? "right" : "wrong"}`;
    this.uploads.push(sent);
    const answer = wanted === undefined ? "ignores" : this.answer(sent);
    if (answer === "cut") return void request.socket.destroy();
    if (typeof answer !== "string") {
      if (answer.keeps === true) this.objects.set(url, body);
      return void response.writeHead(answer.status).end(`<Error><Code>${answer.code ?? "Other"}</Code></Error>`);
    }
    const isRejected =
      (answer === "compares" && !isRight) || (isSigned && hash !== createHash("sha256").update(body).digest("hex"));
    if (isRejected) return void response.writeHead(400).end("<Error><Code>BadDigest</Code></Error>");
    if (this.objects.has(url)) return void response.writeHead(412).end();
    this.objects.set(url, body);
    response.writeHead(200, { etag: '"1"' }).end();
  }
}

function crcOf(body: Uint8Array): string {
  const digest = Buffer.alloc(4);
  digest.writeUInt32BE(crc32(body));
  return digest.toString("base64");
}

/** Uploads as a caller does that can calculate the SHA-256. Returns whether it did. */
async function upload(store: ObjectStore, name: string, body = LARGE): Promise<boolean> {
  const isWanted = (await store.wantsSha256?.(name, body.byteLength)) !== false;
  const sha256 = isWanted ? createHash("sha256").update(body).digest("hex") : undefined;
  expect(await store.create(name, body, { sha256 })).toBe(true);
  return isWanted;
}

describe("s3Store over TLS, with a server that compares checksums", () => {
  it("sends large bodies with a CRC-32, after one test for all", async () => {
    const server = await new ChecksumServer().start("https");
    const store = server.store();
    expect(await Promise.all([upload(store, "a/1"), upload(store, "a/2")])).toEqual([false, false]);
    // Also without the question.
    await store.create("a/3", new Blob([LARGE]));
    expect(server.uploadsOfParts).toEqual([TEST, "PUT right", "PUT right", "PUT right", "PUT right"]);
    expect([...server.objects.keys()].sort()).toEqual(["/bucket/a/1", "/bucket/a/2", "/bucket/a/3"]);
  });

  it("sends small and empty bodies with a SHA-256, as it does those with a known one", async () => {
    const server = await new ChecksumServer().start("https");
    const store = server.store();
    expect(await upload(store, "small", LARGE.subarray(1))).toBe(true);
    await store.create("empty", new Uint8Array());
    await store.create("known", LARGE, { sha256: createHash("sha256").update(LARGE).digest("hex") });
    expect(server.uploadsOfParts).toEqual(["PUT sha256", "PUT sha256", "PUT sha256"]);
  });

  it("stores no body that changes while it is sent, and sends the next attempt with a SHA-256", async () => {
    const server = await new ChecksumServer().start("https");
    const store = server.store();
    let reads = 0;
    const changing = {
      size: LARGE.byteLength,
      // oxlint-disable-next-line typescript/require-await -- the interface is asynchronous
      async *chunks() {
        yield LARGE.map((value) => value + reads);
        reads++;
      },
    };
    expect(await store.wantsSha256?.("a", changing.size)).toBe(false);
    await expect(store.create("a", changing)).rejects.toMatchObject({
      code: "SERVER",
      message: "cannot create s3://bucket/a: HTTP status 400 (BadDigest)",
    });
    expect(reads).toBe(2);
    expect([...server.objects.keys()]).toEqual([]);
    expect(await upload(store, "a")).toBe(true);
    // Those that were asked for before have no SHA-256.
    await store.create("b", new Blob([LARGE]));
    expect(server.uploadsOfParts.slice(2)).toEqual(["PUT wrong", "PUT sha256", "PUT right"]);
  });

  it("sends no body with another size than it says", async () => {
    const server = await new ChecksumServer().start("https");
    // oxlint-disable-next-line typescript/require-await -- the interface is asynchronous
    const chunks = async function* (): AsyncGenerator<Uint8Array> {
      yield LARGE;
    };
    await expect(server.store().create("a", { size: LARGE.byteLength + 1, chunks })).rejects.toMatchObject({
      code: "INVALID_DATA",
      message: "the body has 262144 bytes instead of 262145",
    });
    expect(server.uploadsOfParts).toEqual([TEST, "PUT right"]);
  });

  it("tests it with new credentials if the old ones have expired", async () => {
    const server = await new ChecksumServer().start("https");
    let tests = 0;
    server.answer = () => (tests++ === 0 ? { status: 400, code: "ExpiredToken" } : "compares");
    const store = server.store({ credentials: () => ({ accessKeyId: "a", secretAccessKey: "b" }) });
    expect(await upload(store, "a")).toBe(false);
    expect(server.uploadsOfParts).toEqual([TEST, TEST, "PUT right", "PUT right"]);
  });
});

describe("s3Store over TLS, with another server", () => {
  const others: readonly (readonly [string, ChecksumServer["answer"], readonly string[]])[] = [
    ["ignores checksums", () => "ignores", [TEST]],
    ["does not implement them", () => ({ status: 501, code: "NotImplemented" }), [TEST]],
    ["rejects right ones, too", () => ({ status: 400, code: "InvalidRequest" }), [TEST, "PUT right"]],
    [
      "keeps an object that it rejects",
      (sent) => (sent === TEST ? { status: 400, code: "BadDigest", keeps: true } : "compares"),
      [TEST, "PUT right"],
    ],
  ];
  it.for(others)("sends a SHA-256 to one that %s, after one test", async ([, answer, tests]) => {
    const server = await new ChecksumServer().start("https");
    server.answer = answer;
    const store = server.store();
    for (const name of ["a", "b"]) expect(await upload(store, name)).toBe(true);
    expect(server.uploadsOfParts).toEqual([...tests, "PUT sha256", "PUT sha256"]);
    expect([...server.objects.keys()]).toEqual(["/bucket/a", "/bucket/b"]);
  });

  const unclear: readonly (readonly [string, Answer])[] = [
    ["no response", "cut"],
    ["a failure", { status: 500 }],
    ["a rejection of the program", { status: 403 }],
    ["a redirect", { status: 307 }],
    ["another rejection", { status: 400, code: "AuthorizationHeaderMalformed" }],
  ];
  it.for(unclear)("sends a SHA-256 after %s to the test, and tests again at the next upload", async ([, answer]) => {
    const server = await new ChecksumServer().start("https");
    server.answer = () => answer;
    const store = server.store();
    expect(await upload(store, "a")).toBe(true);
    server.answer = () => "compares";
    expect(await upload(store, "b")).toBe(false);
    expect(server.uploadsOfParts).toEqual([TEST, "PUT sha256", TEST, "PUT right", "PUT right"]);
  });

  it("does not test it again after three tests without a result", async () => {
    const server = await new ChecksumServer().start("https");
    server.answer = () => "cut";
    const store = server.store();
    for (let count = 0; count < 5; count++) expect(await upload(store, `${count}`)).toBe(true);
    expect(server.uploadsOfParts.filter((sent) => sent === TEST)).toHaveLength(3);
    expect(server.objects.size).toBe(5);
  });

  it("does not count a test that was aborted", async () => {
    const server = await new ChecksumServer().start("https");
    const store = server.store();
    for (let count = 0; count < 4; count++) {
      const ended = new AbortController();
      server.answer = () => (ended.abort(), "cut");
      await expect(store.create("a", new Blob([LARGE]), { signal: ended.signal })).rejects.toMatchObject({
        code: "ABORTED",
      });
    }
    server.answer = () => "compares";
    expect(await upload(store, "a")).toBe(false);
  });
});

describe("s3Store", () => {
  it("tests no checksums without TLS, nor with `probe: false`, nor if no certificate is checked", async () => {
    const plain = await new ChecksumServer().start("http");
    const secure = await new ChecksumServer().start("https");
    const untested = secure.store({ probe: false });
    vi.stubEnv("NODE_TLS_REJECT_UNAUTHORIZED", "0");
    onTestFinished(() => void vi.unstubAllEnvs());
    const unchecked = secure.store();
    vi.unstubAllEnvs();
    for (const [name, store] of Object.entries({ plain: plain.store(), untested, unchecked }))
      expect(await upload(store, name), name).toBe(true);
    expect(plain.uploadsOfParts).toEqual(["PUT sha256"]);
    expect(secure.uploadsOfParts).toEqual(["PUT sha256", "PUT sha256"]);
  });
});
