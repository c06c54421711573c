import { readFileSync } from "node:fs";
import { once } from "node:events";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { describe, expect, onTestFinished } from "vitest";
import { GrpcServer, type ServerBehaviour, type ServerTls } from "@rerun-ts/test-support/node/grpc-server";
import { linesOf, runProgram, type ProgramEnd } from "./harness/program.ts";
import { freePort, urlOf } from "@rerun-ts/test-support/node/free-port";
import { it } from "./harness/test.ts";
import { ROWS } from "./programs/lib/rows.mjs";

/** Waiting ends after five seconds without progress; starting and ending a process takes more time. */
const LIMIT_MS = 5000 + 5000;
/** The logged rows, and the row with the properties of the recording. */
const ALL_ROWS = ROWS + 1;

/** A self-signed certificate for 127.0.0.1 and its key, valid for a hundred years. */
const FILES = join(import.meta.dirname, "harness/tls");
const tls: ServerTls = {
  cert: readFileSync(join(FILES, "certificate.pem"), "utf8"),
  key: readFileSync(join(FILES, "key.pem"), "utf8"),
};

/** The ways in which programs end, with and without a worker. */
const ENDS = [
  { way: "ends without closing", thread: true },
  { way: "ends without closing", thread: false },
  { way: "closes the recording", thread: true },
  { way: "closes the recording", thread: false },
  { way: "calls process.exit after a loop", thread: true },
  { way: "calls process.exit after a loop", thread: false },
];

/** Statuses of servers that reject everything, and what a program reports. */
const REJECTIONS = [
  { status: 3, code: "SERVER" },
  { status: 8, code: "SERVER" },
  { status: 12, code: "UNSUPPORTED" },
  { status: 16, code: "AUTH" },
] as const;

describe("a program ends in time, and reports the dropped rows, if the server", () => {
  it("never starts", async () => {
    const url = urlOf(await freePort());
    const refused = `: cannot connect to ${url}: connect ECONNREFUSED 127.0.0.1:`;
    for (const { way, stderr } of await endInAllWays(url))
      // A program with a loop ends before it receives the error.
      if (way === "ends without closing") expect(stderr).toContain(refused);
  });

  it("never starts, and the program's clock stands still, as with the fake timers of a test", async () => {
    expect(await runProgram("stopped-clock", [urlOf(await freePort())])).toMatchObject({ code: 7 });
  });

  it("accepts connections and never reads", async () => {
    await endInAllWays(urlOf(await listen(createServer({ pauseOnConnect: true }))));
  });

  it("never reads, and waits only once for the full queue", async () => {
    const { url } = await startServer({ neverReads: true });
    const options = { rows: 100, maxQueueBytes: 1_000_000, blockTimeoutMs: 1000 };
    const { reports, ms } = await run("fills the queue", url, options);
    expect(ms).toBeLessThan(LIMIT_MS);
    expect(reports).toEqual([expect.objectContaining({ complete: false })]);
  });
});

describe("the reason is reported, with the URL, if", () => {
  it("the host has no address, no server, another server, or one without TLS", async () => {
    const badRequest = "HTTP/1.1 400 Bad Request\r\n";
    const other = createServer((socket) => socket.end(`${badRequest}Connection: close\r\n\r\n`));
    const withoutTls = createServer((socket) => socket.end(`${badRequest}\r\n`));
    const unknownHost = "rerun+http://no-such-host.invalid:1/proxy";
    const noServer = `rerun+http://localhost:${await freePort()}/proxy`;
    const otherServer = urlOf(await listen(other));
    const plain = urlOf(await listen(withoutTls));
    const secure = plain.replace("rerun+http:", "rerun:");
    // They wait for the deadline at the same time.
    const urls = [unknownHost, noServer, otherServer, secure];
    const { stderr } = await run("ends without closing any of several", urls.join(" "));
    expect(stderr).toContain(`cannot connect to ${unknownHost}: getaddrinfo `);
    expect(stderr).toMatch(/getaddrinfo E[A-Z_]+ no-such-host\.invalid/);
    // Each of several addresses refuses the connection.
    expect(stderr).toContain(`cannot connect to ${noServer}: connect ECONNREFUSED `);
    expect(linesOf(stderr).find((line) => line.includes(`timed out sending to ${otherServer}`))).toMatch(
      /: cannot connect to \S+: \S/,
    );
    expect(stderr).toContain(`cannot connect to ${secure}: the server does not use TLS; its URL is ${plain}`);
  });

  it("the server rejects the data, whatever the status", async () => {
    const expected: { url: string; code: string; message: string }[] = [];
    for (const { status, code } of REJECTIONS)
      for (const rejectsAtOnce of [true, false]) {
        const { url } = await startServer({ status, rejectsAtOnce });
        expected.push({ url, code, message: `${url} rejected the data: no (gRPC status ${status})` });
      }
    // They wait for the deadline at the same time.
    const way = "flushes to each of several servers with `ack`";
    const { stderr, reports } = await run(way, expected.map(({ url }) => url).join(" "));
    expect(reports).toEqual(
      expected.map(({ url, ...lastError }) => ({ url, flushed: { complete: false }, state: "connecting", lastError })),
    );
    for (const { message } of expected)
      expect(linesOf(stderr)).toContain(`[rerun] ${message}. Data is queued until the server accepts it`);
  });

  it("the server stays unavailable, which is retried", async () => {
    const { url } = await startServer({ status: 14 });
    const { stderr, reports } = await run("flushes with `ack`", url);
    // Connecting works each time, and each call fails.
    const state: unknown = expect.stringMatching(/^(?:connecting|open)$/);
    const lastError: unknown = expect.objectContaining({ code: "CONNECTION" });
    expect(reports).toEqual([{ complete: false }, { state, lastError }]);
    expect(stderr).toContain(`; dropped ${ALL_ROWS} rows (`);
    expect(stderr).toContain(`${url} rejected the data: no (gRPC status 14)`);
  });
});

describe.for([true, false])("a server with a self-signed certificate (thread: %s)", (thread) => {
  it("is rejected with advice", async () => {
    const { url } = await startServer({}, tls);
    const { stderr, reports } = await run("flushes with `ack`", url, { thread });
    const reason = "self-signed certificate";
    const remedy = "if it is the right server, pass its certificate, or that of its authority, as `tls: { ca }`";
    expect(reports[0]).toEqual({ complete: false });
    const { code, message } = (reports[1] as { lastError: { code: string; message: string } }).lastError;
    expect(code).toBe("AUTH");
    // Newer versions of Node add advice of their own to the reason.
    expect(message.startsWith(`the certificate of ${url} is not trusted: ${reason}`)).toBe(true);
    expect(message).toMatch(/\(DEPTH_ZERO_SELF_SIGNED_CERT\)/);
    expect(message.endsWith(`; ${remedy}`)).toBe(true);
    expect(linesOf(stderr)).toContain(`[rerun] ${message}. Data is queued until the server accepts it`);
  });

  it("is accepted if its certificate is passed as `tls.ca`", async () => {
    const { url } = await startServer({}, tls);
    const { stderr, reports } = await run("flushes with `ack`", url, { thread, tls: { ca: tls.cert } });
    expect(reports[0]).toEqual({ complete: true });
    expect(stderr).toBe("");
  });
});

describe("calls to a server without HTTP/2", () => {
  it("reject, and the program goes on", async () => {
    const page = "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n";
    const url = urlOf(await listen(createServer((socket) => socket.end(page))));
    const { code, reports, stderr } = await runProgram("foreign-server", [url]);
    expect([code, reports, stderr]).toEqual([0, ["CONNECTION", "SERVER", "CONNECTION", "SERVER"], ""]);
  });
});

interface TimedEnd extends ProgramEnd {
  readonly ms: number;
}

async function run(way: string, url: string, options: object = {}): Promise<TimedEnd> {
  const started = performance.now();
  const end = await runProgram("grpc", [way, url, JSON.stringify(options)]);
  expect(end.code, end.stderr).toBe(0);
  return { ...end, ms: performance.now() - started };
}

/** Runs programs that end in all ways, at the same time, and checks the rules that apply to all of them. */
async function endInAllWays(url: string): Promise<readonly (TimedEnd & (typeof ENDS)[number])[]> {
  const ends = await Promise.all(
    ENDS.map(async (end) => ({ ...end, ...(await run(end.way, url, { thread: end.thread })) })),
  );
  for (const { way, reports, stderr, ms } of ends) {
    expect(ms, way).toBeLessThan(LIMIT_MS);
    expect(stderr.split(`timed out sending to ${url}; dropped ${ALL_ROWS} rows (`), way).toHaveLength(2);
    if (way === "closes the recording") expect(reports).toEqual([expect.objectContaining({ complete: false })]);
  }
  return ends;
}

async function startServer(behaviour: ServerBehaviour, encryption?: ServerTls): Promise<GrpcServer> {
  const server = await GrpcServer.start(behaviour, 0, encryption);
  onTestFinished(() => server.stop());
  return server;
}

/** Lets a server listen until the end of the test, and returns its port. */
async function listen(server: Server): Promise<number> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket) => sockets.add(socket.on("error", () => {})));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}
