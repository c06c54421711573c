import { createHash, randomUUID } from "node:crypto";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { inspect } from "node:util";
import { s3Store, type ObjectStore, type S3StoreOptions } from "@rerun-ts/storage";
import { BadHttpProxy } from "@rerun-ts/test-support/node/bad-http-proxy";
import { S3_CREDENTIALS, S3Server } from "@rerun-ts/test-support/node/s3-server";
import { makeTemporaryFolder } from "@rerun-ts/test-support/node/temporary-folder";
import { lacksS3, s3Name, s3Program } from "@rerun-ts/test-support/setup/need-s3";
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { bytes, describeStoreContract, text } from "../../../packages/storage/test/store-contract.ts";

const folder = makeTemporaryFolder();
let server: S3Server;
let proxy: BadHttpProxy;

describe.skipIf(lacksS3())(`s3Store, with ${s3Name()}`, () => {
  beforeAll(async () => {
    server = await S3Server.start(s3Program(), { folder: folder.path, buckets: ["bucket"] });
    proxy = await BadHttpProxy.start(server.port);
  });
  afterAll(async () => {
    await proxy.stop();
    await server.stop();
    await folder.remove();
  });
  afterEach(() => {
    proxy.fate = () => "pass";
    proxy.requests.length = 0;
  });

  describeStoreContract(newStore);

  it("lists more objects and folders than are in one answer", async () => {
    const store = newStore({ probe: false });
    const keys = Array.from({ length: 1005 }, (_, index) => `many/${String(index).padStart(4, "0")}/a`);
    for (let at = 0; at < keys.length; at += 50)
      await Promise.all(keys.slice(at, at + 50).map((key) => store.create(key, bytes(key))));
    const found: string[] = [];
    for await (const { key } of store.list("many/", { startAfter: "many/0002/a" })) found.push(key);
    expect(found).toEqual(keys.slice(3));
    const folders: string[] = [];
    for await (const name of store.listFolders?.("many/") ?? []) folders.push(name);
    expect(folders).toEqual(keys.map((key) => key.slice(0, -1)));
  });

  it("rejects the list of a server that does not say how it goes on, in place of a part of it", async () => {
    const store = newStore();
    const listAll = async (): Promise<void> => {
      for await (const _ of store.list("")) continue;
    };
    for (const token of ["", "<NextContinuationToken>again</NextContinuationToken>"]) {
      const body = `<ListBucketResult><IsTruncated>true</IsTruncated>${token}</ListBucketResult>`;
      proxy.fate = () => ({ status: 200, body });
      await expect(listAll()).rejects.toMatchObject({ code: "INVALID_FORMAT" });
    }
    expect(proxy.requests).toHaveLength(3);
  });

  it("passes over objects and folders whose keys nobody else but their owner can use", async () => {
    const store = newStore();
    const prefix = new URL(store.url).pathname.slice(1);
    // The last three are in the order of UTF-8, but not of UTF-16, and of a server that cannot tell a character.
    const others = ["a b.rrd", "a//b", "a/", "a/../b", ".a", "%2e", "ö/1", "\uFFFDx", "!/1", "\u{1F600}/1", "\uFF21/1"];
    const item = (key: string): string => `<Contents><Key>${prefix}/${key}</Key><Size>1</Size></Contents>`;
    const list = ["a/1", ...others, "b/1"].map(item).join("");
    proxy.fate = () => ({ status: 200, body: `<ListBucketResult>${list}</ListBucketResult>` });
    const keys: string[] = [];
    for await (const { key } of store.list("")) keys.push(key);
    expect(keys).toEqual(["a/1", "b/1"]);
    const folders: string[] = [];
    for await (const name of store.listFolders?.("") ?? []) folders.push(name);
    expect(folders).toEqual(["a/", "b/"]);
  });

  it("keeps the checksum of an object, and rejects a body with another one", async () => {
    const store = newStore();
    const sha256 = createHash("sha256").update("part").digest("hex");
    expect(await store.create("part", bytes("part"), { sha256 })).toBe(true);
    expect(await store.head("part")).toMatchObject({ size: 4, sha256 });
    // moto and rclone do not check it.
    if (s3Name() !== "versitygw") return;
    await expect(store.create("other", bytes("traP"), { sha256 })).rejects.toMatchObject({ code: "SERVER" });
    expect(await store.head("other")).toBeUndefined();
  });

  it("creates one object through failures before, while and after the server has it", async () => {
    const store = newStore();
    await store.create("first", bytes("the server is known"));
    for (const fate of [{ status: 503 }, "cut-before", "cut-within", { status: 409 }, "cut-after"] as const) {
      let puts = 0;
      proxy.fate = ({ method }) => (method === "PUT" && puts++ === 0 ? fate : "pass");
      const key = `through/${typeof fate === "string" ? fate : fate.status}`;
      // An object that the server has created without an answer exists already.
      expect(await store.create(key, bytes(key)), key).toBe(fate !== "cut-after");
      expect(text(await store.read(key))).toBe(key);
      expect(puts).toBe(fate === "cut-after" ? 1 : 2);
    }
  });

  it("finds an object that exists although each answer to its upload is lost", async () => {
    const store = newStore({ probe: false });
    expect(await store.create("lost", bytes("lost"))).toBe(true);
    proxy.fate = ({ method }) => (method === "PUT" ? "cut-before" : "pass");
    expect(await store.create("lost", bytes("lost"))).toBe(false);
    // Programs without the permission to look for the object send it again.
    let puts = 0;
    proxy.fate = ({ method }) => (method !== "PUT" ? { status: 403 } : puts++ === 0 ? "cut-before" : "pass");
    expect(await store.create("lost", bytes("lost"))).toBe(false);
    expect(puts).toBe(2);
  });

  it("fails after the last attempt", async () => {
    const store = newStore({ attempts: 3, probe: false });
    proxy.fate = () => ({ status: 503 });
    await expect(store.create("a", bytes("a"))).rejects.toMatchObject({ code: "SERVER" });
    expect(proxy.requests).toHaveLength(3);
    proxy.fate = () => "cut-before";
    await expect(store.read("a")).rejects.toMatchObject({ code: "CONNECTION" });
    expect(proxy.requests).toHaveLength(6);
  });

  it("says what is wrong with a bucket, credentials and an endpoint", async () => {
    const missing = s3Store("s3://missing", { endpoint: server.url, credentials: S3_CREDENTIALS });
    await expect(missing.create("a", bytes("a"))).rejects.toMatchObject({
      code: "NOT_FOUND",
      message: "cannot create s3://missing/a: no such bucket; create it first",
    });
    const nobody = s3Store("s3://bucket", { endpoint: "http://127.0.0.1:1", credentials: S3_CREDENTIALS, attempts: 2 });
    await expect(nobody.read("a")).rejects.toMatchObject({ code: "CONNECTION" });
    const none = s3Store("s3://bucket", { credentials: () => Promise.reject(new Error("no role")) });
    await expect(none.read("a")).rejects.toMatchObject({ code: "AUTH", message: "there are no credentials: no role" });
    const elsewhere = s3Store("s3://bucket", {
      endpoint: server.url,
      credentials: S3_CREDENTIALS,
      region: "eu-central-1",
    });
    // moto takes signatures for any region.
    if (server.name === "versitygw")
      await expect(elsewhere.create("a", bytes("a"))).rejects.toMatchObject({
        code: "AUTH",
        message: expect.stringContaining("is in the region us-east-1; set the option `region`") as string,
      });
    expect(() => s3Store("bucket")).toThrow("`url` must be the URL of a bucket, such as s3://bucket/prefix");
    const endpoint = "https://user:canary-secret-4711@storage.example.com";
    expect(() => s3Store("s3://bucket", { endpoint })).toThrow(/^`endpoint` must be (?!.*canary).*without credentials/);
  });

  it("names the region of a bucket that is elsewhere, and the target of other redirects", async () => {
    const store = newStore({ attempts: 1, probe: false });
    const create = (): Promise<boolean> => store.create("a", bytes("a"));
    const found = "the bucket is in the region eu-north-1; set the option `region`";
    const headers = { "x-amz-bucket-region": "eu-north-1" };
    const rejected = "<Error><Code>AuthorizationHeaderMalformed</Code><Region>eu-north-1</Region></Error>";
    proxy.fate = () => ({ status: 301, headers });
    await expect(create()).rejects.toMatchObject({ code: "AUTH", message: `cannot create ${store.url}/a: ${found}` });
    proxy.fate = () => ({ status: 400, body: rejected });
    await expect(create()).rejects.toMatchObject({ code: "AUTH", message: `cannot create ${store.url}/a: ${found}` });
    proxy.fate = () => ({ status: 400, headers, body: "<Error><Code>BadDigest</Code></Error>" });
    await expect(create()).rejects.toMatchObject({ code: "SERVER" });
    proxy.fate = () => ({ status: 302, headers: { location: "https://login.example.com/canary?token=canary" } });
    await expect(create()).rejects.toMatchObject({
      code: "SERVER",
      message: expect.stringMatching(
        /redirects to https:\/\/login\.example\.com, .*check the option `endpoint`$/,
      ) as string,
    });
  });

  it.for([
    [400, "ExpiredToken"],
    [400, "InvalidToken"],
    [404, "XAdminUserNotFound"],
  ] as const)("says that the credentials are wrong if the answer is %i with %s", async ([status, code]) => {
    const store = newStore({ attempts: 1, probe: false });
    proxy.fate = () => ({
      status,
      headers: { "content-type": "application/xml" },
      body: `<Error><Code>${code}</Code></Error>`,
    });
    const calls = [() => store.read("a"), () => store.create("a", bytes("a")), () => store.delete("a")];
    for (const call of [...calls, () => store.list("")[Symbol.asyncIterator]().next()])
      await expect(call()).rejects.toMatchObject({
        code: "AUTH",
        message: expect.stringMatching(
          `access was denied, HTTP status ${status} \\(${code}\\); check the cred`,
        ) as string,
      });
  });

  it("says that a key is too long for the server", async () => {
    // moto has no limit.
    if (s3Name() === "moto") return;
    await expect(newStore().create("a".repeat(1000), bytes("a"))).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
  });

  it("asks again for credentials that have expired", async () => {
    let asked = 0;
    const store = newStore({
      credentials: () => {
        asked++;
        return { ...S3_CREDENTIALS };
      },
    });
    await store.create("a", bytes("a"));
    await store.read("a");
    expect(asked).toBe(1);
    let count = 0;
    proxy.fate = () => (count++ === 0 ? { status: 400, body: "<Error><Code>ExpiredToken</Code></Error>" } : "pass");
    expect(text(await store.read("a"))).toBe("a");
    expect(asked).toBe(2);
    // Several calls at once ask once. An answer to HEAD has no reason.
    for (const call of [() => store.read("a"), () => store.head("a")]) {
      count = 0;
      asked = 0;
      proxy.fate = () => (count++ < 3 ? { status: 400, body: "<Error><Code>ExpiredToken</Code></Error>" } : "pass");
      await Promise.all([call(), call(), call()]);
      expect(asked).toBe(1);
    }
  });

  it("sends a request again that was signed long ago, because the program was frozen", async () => {
    const store = newStore();
    await store.create("a", bytes("a"));
    const now = Date.now;
    onTestFinished(() => void (Date.now = now));
    // The time of this program goes on when the server answers.
    Date.now = () => now() - 3_600_000;
    let count = 0;
    proxy.fate = () => {
      Date.now = now;
      return count++ > 0 ? "pass" : { status: 403, body: "<Error><Code>RequestTimeTooSkewed</Code></Error>" };
    };
    expect(text(await store.read("a"))).toBe("a");
    expect(count).toBe(2);
  });

  it("works with a clock that is an hour late", async () => {
    const now = Date.now;
    onTestFinished(() => void (Date.now = now));
    Date.now = () => now() - 3_600_000;
    const store = newStore();
    expect(await store.create("late", bytes("late"))).toBe(true);
    expect(text(await store.read("late"))).toBe("late");
    // moto accepts any signature.
    if (s3Name() === "versitygw") expect(proxy.requests.length).toBeGreaterThan(2);
  });

  it("trusts the authority of the option `ca`, and no other", async () => {
    // moto and rclone have no TLS here.
    if (s3Name() !== "versitygw") return;
    const [cert, key] = ["certificate.pem", "key.pem"].map((name) => join(import.meta.dirname, "../harness/tls", name));
    const tls = { cert: cert ?? "", key: key ?? "" };
    const data = join(folder.path, "tls");
    const secure = await S3Server.start(s3Program(), { folder: data, buckets: ["bucket"], tls });
    onTestFinished(() => secure.stop());
    const options = { endpoint: secure.url, credentials: S3_CREDENTIALS, attempts: 1 };
    const trusting = s3Store("s3://bucket", { ...options, ca: await readFile(tls.cert, "utf8") });
    expect(await trusting.create("a", bytes("a"))).toBe(true);
    await expect(s3Store("s3://bucket", options).read("a")).rejects.toMatchObject({
      code: "CONNECTION",
      message: expect.stringMatching(/certificate; the option `ca` has the certificates of a private/) as string,
    });
    expect(text(await trusting.read("a"))).toBe("a");
    const plain = s3Store("s3://bucket", { ...options, endpoint: proxy.url.replace("http:", "https:") });
    await expect(plain.read("a")).rejects.toMatchObject({
      code: "CONNECTION",
      message: "cannot read s3://bucket/a: the server does not use TLS: its address begins with http:",
    });
  });

  it("has no secret in any error", async () => {
    const errors: unknown[] = [];
    const store = newStore({ attempts: 2, probe: false });
    const body = "<Error><Code>AccessDenied</Code><Message>canary-secret-4711</Message></Error>";
    for (const fate of ["cut-before", "cut-after", { status: 503 }, { status: 403, body }, { status: 301 }] as const) {
      proxy.fate = () => fate;
      const calls = [store.create("a", bytes("a")), store.read("a"), store.head("a"), store.delete("a")];
      for (const result of await Promise.allSettled(calls))
        if (result.status === "rejected") errors.push(result.reason);
    }
    expect(errors).toHaveLength(20);
    for (const error of errors)
      expect(inspect(error, { depth: 10, showHidden: true })).not.toMatch(/canary|CANARY|signature=/i);
  });
});

describe("s3Store, with a server that creates objects twice", () => {
  it("refuses to create anything", async () => {
    const created: string[] = [];
    const blind = createServer((request, response) => {
      request.resume().on("end", () => {
        if (request.method === "PUT") created.push(request.url ?? "");
        response.writeHead(request.method === "PUT" ? 200 : 204, { etag: `"${created.length}"` }).end();
      });
    }).listen(0, "127.0.0.1");
    await once(blind, "listening");
    onTestFinished(async () => {
      blind.closeAllConnections();
      await blind[Symbol.asyncDispose]();
    });
    const endpoint = `http://127.0.0.1:${(blind.address() as AddressInfo).port}`;
    const store = s3Store("s3://bucket", { endpoint, credentials: S3_CREDENTIALS });
    await expect(store.create("a/part", bytes("part"))).rejects.toMatchObject({
      code: "UNSUPPORTED",
      message: expect.stringContaining("s3://bucket is not safe: 8 of 8 requests have created one object") as string,
    });
    expect(created).toHaveLength(8);
    expect(created).not.toContain("/bucket/a/part");
  });
});

function newStore(options: S3StoreOptions = {}): ObjectStore {
  return s3Store(`s3://bucket/${randomUUID()}`, { endpoint: proxy.url, credentials: S3_CREDENTIALS, ...options });
}
