import { createHash } from "node:crypto";
import { once } from "node:events";
import { readFileSync, readdirSync } from "node:fs";
import { createServer, type RequestListener } from "node:http";
import { createServer as createTlsServer, type ServerOptions } from "node:https";
import type { AddressInfo } from "node:net";
import { dirname, join } from "node:path";
import { RecordingStream, Scalars } from "@rerun-ts/node";
import { s3Store } from "@rerun-ts/storage";
import { freePort } from "@rerun-ts/test-support/node/free-port";
import { describe, expect, onTestFinished } from "vitest";
import type { CommandEnd } from "../harness/command.ts";
import { it } from "../harness/test.ts";
import { runWarmCli } from "../harness/warm-cli.ts";

const TLS = join(import.meta.dirname, "../harness/tls");
const KEYS = { AWS_ACCESS_KEY_ID: "a", AWS_SECRET_ACCESS_KEY: "b" };

/** The commands that read a store, without the flags of the store. */
const READERS = [
  ["compact", "s3://bucket", "--dataset", "fleet"],
  ["parts", "check", "s3://bucket", "--dataset", "fleet"],
  ["fleet", "status", "s3://bucket"],
  ["catalog", "keep", "--from", "s3://bucket", "--files", "files", "--dataset", "fleet", "--once"],
] as const;

/** Starts a server in place of a store. Returns its address. */
async function startServer(answer: RequestListener, tls?: ServerOptions): Promise<string> {
  const server = tls === undefined ? createServer(answer) : createTlsServer(tls, answer);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `${tls === undefined ? "http" : "https"}://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function xml(code: string): string {
  return `<?xml version="1.0"?><Error><Code>${code}</Code></Error>`;
}

describe("a message about a setting of a store", () => {
  it.for(READERS)("names the flag or the variable: %j", async (args, { folder }) => {
    const endpoint = await startServer((_, response) => response.writeHead(301, { "x-amz-bucket-region": "eu" }).end());
    const flags = await runWarmCli([...args, "--endpoint", endpoint, "--region", "us"], { cwd: folder, env: KEYS });
    expect([flags.code, flags.stderr]).toEqual([1, expect.stringContaining("is in the region eu; set `--region`\n")]);
    const env = { ...KEYS, AWS_ENDPOINT_URL_S3: endpoint, AWS_REGION: "us" };
    const variables = await runWarmCli(args, { cwd: folder, env });
    expect([variables.code, variables.stderr]).toEqual([1, expect.stringContaining("; set `AWS_REGION`\n")]);
  });

  it("names the flag or the variable of an address from which a server redirects", async () => {
    const endpoint = await startServer((_, response) => response.writeHead(302, { location: "http://other/" }).end());
    const args = ["parts", "check", "s3://bucket", "--dataset", "fleet"];
    const flag = await runWarmCli([...args, "--endpoint", endpoint], { env: KEYS });
    expect(flag.stderr).toContain("check `--endpoint`\n");
    const variable = await runWarmCli(args, { env: { ...KEYS, AWS_ENDPOINT_URL: endpoint } });
    expect(variable.stderr).toContain("check `AWS_ENDPOINT_URL`\n");
  });

  it("names the flag for certificates", async () => {
    const tls = { key: readFileSync(join(TLS, "key.pem")), cert: readFileSync(join(TLS, "certificate.pem")) };
    const endpoint = await startServer((_, response) => response.end(), tls);
    const args = ["parts", "check", "s3://bucket", "--dataset", "fleet", "--endpoint", endpoint];
    const { code, stderr } = await runWarmCli(args, { env: KEYS });
    expect([code, stderr]).toEqual([1, expect.stringContaining("; `--ca` has the certificates of a private")]);
  });
});

describe("a store that rejects the time of requests", () => {
  it("for long leads to a message about the clocks, with both times", async () => {
    const date = "Thu, 01 Jan 2037 00:00:00 GMT";
    const endpoint = await startServer((_, response) => {
      response.writeHead(403, { date, "content-type": "application/xml" }).end(xml("RequestTimeTooSkewed"));
    });
    const args = ["parts", "check", "s3://bucket", "--dataset", "fleet", "--endpoint", endpoint];
    const { code, stderr } = await runWarmCli(args, { env: KEYS });
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /\(RequestTimeTooSkewed\); the clock of this machine or of the server is wrong: this machine has 20\S+Z, and the server has 2037-01-01T00:00:00\.000Z\n$/,
    );
    expect(stderr).not.toContain("credentials");
  });
});

describe("a store that asks to wait", () => {
  it("is named on standard error once, before the command waits", async () => {
    let requests = 0;
    const endpoint = await startServer((_, response) => {
      if (++requests <= 2) response.writeHead(503, { "retry-after": "6" }).end();
      else response.writeHead(403).end();
    });
    const args = ["parts", "check", "s3://bucket", "--dataset", "fleet", "--endpoint", endpoint];
    const { stderr } = await runWarmCli(args, { env: KEYS });
    expect(stderr.split("\n")).toEqual([
      "rerun-ts: the store asks to wait 6 seconds; the next request follows after 6 seconds",
      expect.stringContaining("access was denied"),
      "",
    ]);
  });
});

/** The bytes of a part with a row. */
async function makePart(folder: string): Promise<Buffer> {
  const rec = new RecordingStream("fleet", { recordingId: "day" });
  await rec.saveParts(folder);
  rec.log("rows", new Scalars(1));
  await rec.close();
  return readFileSync(join(folder, readdirSync(folder).find((name) => name.endsWith(".rrd")) ?? ""));
}

/** Starts a store with objects, or the statuses in place of them. */
function startStore(
  objects: Map<string, Uint8Array | number>,
  headStatus: (key: string) => number | undefined = () => undefined,
): Promise<string> {
  const modified = new Date().toISOString();
  return startServer((request, response) => {
    const url = new URL(request.url ?? "", "http://localhost");
    const key = url.pathname.replace("/bucket/", "");
    if (url.searchParams.has("list-type")) {
      const [prefix, after] = ["prefix", "start-after"].map((name) => url.searchParams.get(name) ?? "");
      const keys = [...objects.keys()].filter((each) => each.startsWith(prefix ?? "") && each > (after ?? "")).sort();
      const contents = keys.map((each) => {
        const object = objects.get(each);
        const size = typeof object === "number" ? 9 : object?.byteLength;
        return `<Contents><Key>${each}</Key><Size>${size}</Size><LastModified>${modified}</LastModified></Contents>`;
      });
      response.writeHead(200, { "content-type": "application/xml" });
      response.end(`<ListBucketResult>${contents.join("")}</ListBucketResult>`);
      return;
    }
    const object = objects.get(key);
    if (request.method === "PUT") {
      const pieces: Buffer[] = [];
      request.on("data", (piece: Buffer) => pieces.push(piece));
      request.on("end", () => {
        if (!objects.has(key)) objects.set(key, Buffer.concat(pieces));
        response.writeHead(object === undefined ? 200 : 412, { etag: '"a"' }).end();
      });
      return;
    }
    if (request.method === "DELETE") {
      objects.delete(key);
      response.writeHead(204).end();
      return;
    }
    const status = (request.method === "HEAD" ? headStatus(key) : undefined) ?? (object === undefined ? 404 : object);
    if (typeof status === "number") {
      response.writeHead(status, { "content-type": "application/xml" }).end(status === 404 ? xml("NoSuchKey") : "");
      return;
    }
    const [range, first = 0, last = ""] = /^bytes=(\d+)-(\d*)/.exec(request.headers.range ?? "") ?? [];
    const bytes = status.subarray(Number(first), last === "" ? undefined : Number(last) + 1);
    const headers = {
      "content-type": "application/octet-stream",
      etag: '"a"',
      "last-modified": new Date(modified).toUTCString(),
      "content-length": bytes.byteLength,
    };
    response.writeHead(range === undefined ? 200 : 206, headers).end(bytes);
  });
}

describe("a record that cannot be read", () => {
  const [COMMIT, REPLACEMENT] = [
    "v1/fleet/log/07/0000000000000001.json",
    "v1/fleet/compact/monday/0000000000000001.json",
  ];
  const DIRECT = "v1/fleet/direct/day/robot-0a/00000001.rrd";

  /** A store in which these records have other contents, while the part of another commit is whole. */
  async function storeWith(folder: string, record: Uint8Array | number): Promise<Map<string, Uint8Array | number>> {
    const part = await makePart(folder);
    const sha256 = createHash("sha256").update(part).digest("hex");
    const committed = `v1/fleet/log-parts/day/08-0000000000000001-${sha256.slice(0, 12)}.rrd`;
    const parts = [{ key: committed, bytes: part.byteLength, sha256 }];
    const commit = { version: 2, owner: "a", stream: "s", last: 1, parts, packs: {} };
    return new Map<string, Uint8Array | number>([
      [DIRECT, part],
      [committed, part],
      ["v1/fleet/log/08/0000000000000001.json", Buffer.from(JSON.stringify(commit))],
      [committed.replace("/08-", "/07-"), part],
      [COMMIT, record],
      // Of a recording whose parts may have been replaced.
      ["v1/fleet/direct/monday/robot-0a/00000001.rrd", part],
      [`v1/fleet/compact-parts/monday/0000000000000001-${sha256.slice(0, 12)}.rrd`, part],
      [REPLACEMENT, record],
    ]);
  }

  it.for([
    ["fails for ever", 500, "the store answered 6 times, last with HTTP status 500"],
    ["is refused", 403, "access was denied, HTTP status 403; check the credentials and what they allow"],
    ["is not JSON", Buffer.from("garbage"), "it is damaged: its 7 bytes are not JSON; restore it from a copy"],
    ["is something else", Buffer.from('{"version":9}'), "it must have `version` "],
  ] as const)(
    "because it %s is named, while other parts are checked and mended",
    async ([, record, reason], { folder }) => {
      const objects = await storeWith(folder, record);
      const args = ["--endpoint", await startStore(objects), "s3://bucket", "--dataset", "fleet"];
      const [text, check] = await Promise.all([
        runWarmCli(["parts", "check", ...args], { env: KEYS }),
        runWarmCli(["parts", "check", "--json", ...args], { env: KEYS }),
      ]);
      const records = [REPLACEMENT, COMMIT].map((key) => ({ key, reason: expect.stringContaining(reason) as string }));
      expect(JSON.parse(check.stdout.toString())).toMatchObject({ checked: 2, damaged: [], unreadable: [], records });
      expect([text.code, check.code, check.stderr]).toEqual([1, 1, ""]);
      for (const { key } of records)
        expect(text.stdout.toString()).toContain(
          `${key} cannot be read, so the parts that depend on it were not checked: ${reason}`,
        );
      expect(text.stdout.toString()).toMatch(/\n2 parts checked, 2 records cannot be read, 0 damaged, 0 mended\n$/);
      objects.set(DIRECT, (objects.get(DIRECT) as Buffer).subarray(0, -5));
      const mend = await runWarmCli(["parts", "mend", "--json", ...args], { env: KEYS });
      expect(JSON.parse(mend.stdout.toString())).toMatchObject({ records, mended: [{ key: DIRECT }], failed: [] });
      expect(mend.code).toBe(1);
    },
  );
});

describe("a record that the store does not deliver", () => {
  it("leaves its recordings as they are and is named, and the others go on", async ({ folder, rerun }) => {
    const part = await makePart(folder);
    const keys = ["monday", "day"].flatMap((id) =>
      ["robot-0a/00000001.rrd", "robot-0b/00000001.rrd"].map((name) => `v1/fleet/direct/${id}/${name}`),
    );
    const record = "v1/fleet/compact/monday/0000000000000001.json";
    const objects = new Map<string, Uint8Array | number>(keys.map((key) => [key, part]));
    const endpoint = await startStore(objects.set(record, 500));
    const env = { ...KEYS, PATH: `${dirname(rerun.program)}:${process.env["PATH"]}` };
    const run = (...args: string[]): Promise<CommandEnd> =>
      runWarmCli([...args, "--dataset", "fleet", "--endpoint", endpoint], { cwd: folder, env });
    const monday = {
      recordingId: "monday",
      reason: expect.stringContaining(`${record}: the store answered 6 times`) as string,
    };
    const status = await run("fleet", "status", "s3://bucket", "--json");
    const counted = { recordings: { count: 2 }, unclear: [monday] };
    expect([status.code, JSON.parse(status.stdout.toString())]).toMatchObject([1, { datasets: [counted] }]);
    const ports = ["--port", String(await freePort())];
    const keep = await run("catalog", "keep", "--from", "s3://bucket", "--files", "files", "--once", ...ports);
    expect([keep.code, keep.stderr]).toEqual([1, expect.stringContaining(`${record}: the store answered 6 times`)]);
    expect(keep.stdout.toString()).toContain("\n2 parts are registered\n");
    const compact = await run("compact", "s3://bucket", "--min-parts", "2", "--json");
    const compacted = [{ recordingId: "day", replaced: keys.slice(2) }];
    const failed = [{ recordingId: "monday", error: monday.reason }];
    expect([compact.code, JSON.parse(compact.stdout.toString())]).toMatchObject([1, { compacted, failed }]);
  });
});

describe("a refusal of HEAD, which has no reason,", () => {
  it("is named with the likely rights", async ({ folder }) => {
    const key = "v1/fleet/direct/day/robot-0a/00000001.rrd";
    const endpoint = await startStore(new Map([[key, await makePart(folder)]]), () => 403);
    const store = s3Store("s3://bucket", { endpoint, credentials: { accessKeyId: "a", secretAccessKey: "b" } });
    const reason =
      "access was denied, HTTP status 403 to HEAD, which gives no reason; allow s3:GetObject for the key, and s3:ListBucket for the bucket, without which missing keys are refused, or check the credentials";
    await expect(store.head(key)).rejects.toMatchObject({
      code: "AUTH",
      message: `cannot read s3://bucket/${key}: ${reason}`,
    });
    const args = ["parts", "check", "--bytes", "--json", "--endpoint", endpoint, "s3://bucket", "--dataset", "fleet"];
    const { code, stdout } = await runWarmCli(args, { env: KEYS });
    expect([code, JSON.parse(stdout.toString())]).toMatchObject([1, { unreadable: [{ key, reason }] }]);
  });
});

describe("a part that the store does not deliver", () => {
  it("is named with the reason, while the other parts are checked", async ({ folder }) => {
    const rec = new RecordingStream("fleet", { recordingId: "day" });
    await rec.saveParts(folder);
    rec.log("rows", new Scalars(1));
    await rec.close();
    const part = readFileSync(join(folder, readdirSync(folder).find((name) => name.endsWith(".rrd")) ?? ""));
    const damaged = part.subarray(0, part.byteLength - 5);
    const parts = [part, undefined, damaged, part];
    const keyOf = (number: number): string => `v1/fleet/direct/day/robot-0a/0000000${number}.rrd`;
    const listed = parts.map(
      (_, number) => `<Contents><Key>${keyOf(number)}</Key><Size>${part.byteLength}</Size></Contents>`,
    );
    const endpoint = await startServer((request, response) => {
      const url = new URL(request.url ?? "", "http://localhost");
      if (url.searchParams.has("list-type")) {
        const prefix = url.searchParams.get("prefix") ?? "";
        const after = url.searchParams.get("start-after") ?? "";
        const contents = listed.filter((_, number) => keyOf(number).startsWith(prefix) && keyOf(number) > after);
        response.writeHead(200, { "content-type": "application/xml" });
        response.end(`<ListBucketResult>${contents.join("")}</ListBucketResult>`);
        return;
      }
      const number = parts.findIndex((_, each) => url.pathname.endsWith(keyOf(each)));
      const body = parts[number];
      if (body === undefined) {
        response.writeHead(number < 0 ? 403 : 500).end();
        return;
      }
      const [, first = 0, last = ""] = /^bytes=(\d+)-(\d*)/.exec(request.headers.range ?? "") ?? [];
      const bytes = body.subarray(Number(first), last === "" ? undefined : Number(last) + 1);
      response.writeHead(206, { "content-type": "application/octet-stream", etag: `"${number}"` }).end(bytes);
    });
    const args = ["--endpoint", endpoint, "s3://bucket", "--dataset", "fleet"];
    const reason = "the store answered 6 times, last with HTTP status 500";
    const unreadable = [{ key: keyOf(1), size: part.byteLength, reason }];
    const [text, check, fleet] = await Promise.all([
      runWarmCli(["parts", "check", ...args], { env: KEYS }),
      runWarmCli(["parts", "check", "--json", ...args], { env: KEYS }),
      runWarmCli(["fleet", "status", "--check", "--json", ...args], { env: KEYS }),
    ]);
    expect([text.code, check.code, fleet.code]).toEqual([1, 1, 1]);
    expect(text.stdout.toString()).toContain(`cannot be read: ${reason}\n`);
    expect(text.stdout.toString()).toMatch(/\n3 parts checked, 1 cannot be read, 1 damaged, 0 mended\n$/);
    expect(JSON.parse(check.stdout.toString())).toMatchObject({ checked: 3, unreadable, damaged: [{ key: keyOf(2) }] });
    expect(JSON.parse(fleet.stdout.toString())).toMatchObject({
      datasets: [{ damaged: { unreadable, found: [{ key: keyOf(2) }] } }],
      problems: expect.arrayContaining([
        expect.objectContaining({ problem: `1 part cannot be read: ${keyOf(1)} (${reason})` }),
      ]) as unknown,
    });
  });
});

describe("a name with control characters", () => {
  const NAME = "fl\u001B[31meet\u009B\n";
  const SHOWN = "fl\\u001b[31meet\\u009b\\u000a";

  it.for([
    ["push", NAME, "--to", "."],
    ["compact", ".", "--dataset", NAME],
    ["parts", "check", ".", "--dataset", NAME],
    ["parts", "mend", ".", "--dataset", NAME],
    ["fleet", "status", ".", "--dataset", NAME],
  ])("is escaped in lines for people: %j", async (args, { folder }) => {
    const { stdout, stderr } = await runWarmCli(args, { cwd: folder });
    const text = stdout.toString() + stderr;
    expect(text).toContain(SHOWN);
    expect(text).not.toMatch(/(?!\n)\p{Cc}/u);
  });

  it("is escaped in the error that ends a command", async ({ folder }) => {
    const args = ["parts", "check", `./fl\u001B[31meet`, "--dataset", "fleet"];
    const { code, stderr } = await runWarmCli(args, { cwd: folder });
    expect([code, stderr]).toEqual([1, expect.stringContaining("fl\\u001b[31meet")]);
  });
});
