import { readFileSync } from "node:fs";
import { once } from "node:events";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { describe, expect, onTestFinished } from "vitest";
import { GrpcServer, type ServerBehaviour, type ServerTls } from "../../packages/node/test/harness/grpc-server.ts";
import { linesOf, runProgram, type ProgramEnd } from "./harness/program.ts";
import { freePort, urlOf } from "./harness/real-server.ts";
import { it } from "./harness/test.ts";
import { ROWS } from "./programs/lib/rows.mjs";

/** Hope ends when nothing has moved for five seconds; a process takes its time to start and to end besides. */
const LIMIT_MS = 5000 + 5000;
/** With the recording's own properties. */
const ALL_ROWS = ROWS + 1;

/** Certificate and key of a server at 127.0.0.1, for a hundred years; signed by itself. */
const FILES = join(import.meta.dirname, "harness/tls");
const tls: ServerTls = {
  cert: readFileSync(join(FILES, "certificate.pem"), "utf8"),
  key: readFileSync(join(FILES, "key.pem"), "utf8"),
};

/** How programs end, and whether they have a worker; those that run at the same time do not wait for each other. */
const ENDS = [
  { way: "just ends", worker: true },
  { way: "just ends", worker: false },
  { way: "closes", worker: true },
  { way: "closes", worker: false },
  { way: "calls process.exit after a loop", worker: true },
  { way: "calls process.exit after a loop", worker: false },
];

describe("a program ends within its limit, and says what was given up, if the server", () => {
  it("never comes", async () => {
    const url = urlOf(await freePort());
    const refused = `: there is no connection to ${url}: connect ECONNREFUSED 127.0.0.1:`;
    for (const { way, stderr } of await endInAllWays(url))
      // A loop has no time to hear of that.
      if (way === "just ends") expect(stderr).toContain(refused);
  });

  it("accepts connections and never reads", async () => {
    await endInAllWays(urlOf(await listen(createServer({ pauseOnConnect: true }))));
  });

  it("never reads, and the queue is full: that is waited for once", async () => {
    const { url } = await startServer({ neverReads: true });
    const options = { rows: 100, maxQueueBytes: 1_000_000, blockTimeoutMs: 1000 };
    const { reports, ms } = await run("fills the queue", url, options);
    expect(ms).toBeLessThan(LIMIT_MS);
    expect(reports).toEqual([expect.objectContaining({ complete: false })]);
  });
});

describe("the reason is told, with the address, if", () => {
  it("the name is not known", async () => {
    const url = "rerun+http://no-such-host.invalid:1/proxy";
    const { stderr } = await run("just ends", url);
    expect(stderr).toContain(`there is no connection to ${url}: getaddrinfo `);
    expect(stderr).toMatch(/getaddrinfo E[A-Z_]+ no-such-host\.invalid/);
  });

  it("none of several addresses answers", async () => {
    const port = await freePort();
    const url = `rerun+http://localhost:${port}/proxy`;
    const { stderr } = await run("just ends", url);
    expect(stderr).toContain(`there is no connection to ${url}: connect ECONNREFUSED `);
  });

  it("it is no server of Rerun's", async () => {
    const page = "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n";
    const url = urlOf(await listen(createServer((socket) => socket.end(page))));
    const { stderr } = await run("just ends", url);
    expect(stderr).toMatch(/has not taken everything in time.*: there is no connection to \S+: \S/);
    expect(stderr).toContain(url);
  });

  it.for([
    { status: 3, code: "SERVER", reason: "[invalid_argument] no" },
    { status: 8, code: "SERVER", reason: "[resource_exhausted] no" },
    { status: 13, code: "SERVER", reason: "[internal] no" },
    { status: 16, code: "AUTH", reason: "[unauthenticated] no" },
  ])("the server answers with the status $status", async ({ status, code, reason }) => {
    for (const refusesAtOnce of [true, false]) {
      const { url } = await startServer({ status, refusesAtOnce });
      const message = `${url} refused what was sent: ${reason}`;
      const { stderr, reports } = await run("wants an acknowledgement", url);
      expect(reports).toEqual([
        { code, message },
        { state: "broken", lastError: { code, message } },
      ]);
      expect(linesOf(stderr)).toContain(`[rerun] ${message}`);
    }
  });

  it("the server is unavailable, which it may not be for ever", async () => {
    const { url } = await startServer({ status: 14 });
    const { stderr, reports } = await run("wants an acknowledgement", url);
    expect(reports).toEqual([{ complete: false }, expect.objectContaining({ state: "connecting" })]);
    expect(stderr).toContain(`in time; ${ALL_ROWS} rows (`);
    expect(stderr).toContain(`${url} refused what was sent: [unavailable] no`);
  });
});

describe.for([true, false])("a server whose certificate nobody has signed (worker: %s)", (worker) => {
  it("is not trusted, and the remedy is told", async () => {
    const { url } = await startServer({}, tls);
    const { stderr, reports } = await run("wants an acknowledgement", url, { worker });
    const reason = "self-signed certificate (DEPTH_ZERO_SELF_SIGNED_CERT)";
    const remedy = "if it is the right server, pass its certificate, or that of who has signed it, as `tls: { ca }`";
    const message = `the certificate of ${url} is not trusted: ${reason}; ${remedy}`;
    expect(reports[0]).toEqual({ code: "AUTH", message });
    expect(linesOf(stderr)).toContain(`[rerun] ${message}`);
  });

  it("is trusted with the certificate", async () => {
    const { url } = await startServer({}, tls);
    const { stderr, reports } = await run("wants an acknowledgement", url, { worker, tls: { ca: tls.cert } });
    expect(reports[0]).toEqual({ complete: true });
    expect(stderr).toBe("");
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

/** Runs programs that end in different ways, all at once, and expects of each what holds for all. */
async function endInAllWays(url: string): Promise<readonly (TimedEnd & (typeof ENDS)[number])[]> {
  const ends = await Promise.all(
    ENDS.map(async (end) => ({ ...end, ...(await run(end.way, url, { worker: end.worker })) })),
  );
  for (const { way, reports, stderr, ms } of ends) {
    expect(ms, way).toBeLessThan(LIMIT_MS);
    expect(stderr, way).toContain("data is given up: the grpc sink is closed or broken");
    if (way === "closes") expect(reports).toEqual([expect.objectContaining({ complete: false })]);
    else expect(stderr, way).toContain(`${url} has not taken everything in time; ${ALL_ROWS} rows (`);
  }
  return ends;
}

async function startServer(behaviour: ServerBehaviour, encryption?: ServerTls): Promise<GrpcServer> {
  const server = await GrpcServer.start(behaviour, 0, encryption);
  onTestFinished(() => server.stop());
  return server;
}

/** Lets a server listen until the end of the test. Returns its port. */
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
