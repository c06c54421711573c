import { once } from "node:events";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { request, type IncomingMessage } from "node:http";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { GrpcSink, RecordingStream, Scalars } from "@rerun-ts/node";
import { root } from "@rerun-ts/test-support/node/environment";
import { freePort } from "@rerun-ts/test-support/node/free-port";
import { NatsServer } from "@rerun-ts/test-support/node/nats-server";
import { needNats } from "@rerun-ts/test-support/setup/need-nats";
import { describe, expect, onTestFinished } from "vitest";
import { RelayProgram } from "../harness/relay-program.ts";
import { damagedFile, it } from "../harness/test.ts";
import { runWarmCli } from "../harness/warm-cli.ts";

/** The rows of the table of metrics in the documentation. */
const DOCUMENTED = readFileSync(join(root, "docs/operations.md"), "utf8")
  .split("\n")
  .flatMap((line) => {
    const [, name = "", type = "", commands = ""] = /^\| `(rerun_ts_\w+)` +\| (\w+) +\| (.+?) +\|/.exec(line) ?? [];
    return name === "" ? [] : [{ name, type, commands: commands.replaceAll("`", "").split(", ") }];
  });

/** The metrics in the text format of Prometheus, after a check of the format. */
function parseMetrics(text: string): Map<string, { readonly type: string; readonly value: number }> {
  const found = new Map<string, { readonly type: string; readonly value: number }>();
  expect(text.endsWith("\n")).toBe(true);
  for (const block of text.trimEnd().split(/\n(?=# HELP )/)) {
    const [help = "", type = "", ...samples] = block.split("\n");
    const [, name = ""] = /^# HELP (rerun_ts_[a-z_]+) \S.*\.$/.exec(help) ?? [];
    expect(name, help).not.toBe("");
    const [, kind = ""] = new RegExp(`^# TYPE ${name} (gauge|counter)$`).exec(type) ?? [];
    const format = new RegExp(String.raw`^${name}(?:\{(?:\w+="[^"\\]*",?)+\})? (-?\d+(?:\.\d+)?(?:e[+-]\d+)?)$`);
    const numbers = samples.map((sample) => format.exec(sample)?.[1] ?? "");
    expect([kind, numbers.length === 0 ? "" : "some", ...numbers], block).not.toContain("");
    const number = numbers[0];
    expect(found.has(name), name).toBe(false);
    found.set(name, { type: kind, value: Number(number) });
  }
  return found;
}

async function metricsAt(port: number): Promise<ReturnType<typeof parseMetrics>> {
  const response = await fetch(`http://127.0.0.1:${port}/metrics`);
  expect(response.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
  return parseMetrics(await response.text());
}

interface Health {
  readonly code: number;
  readonly command: string;
  readonly status: string;
  readonly reason?: string;
}

/** Waits until the health has a code. */
async function health(port: number, code: number): Promise<Health> {
  for (;;) {
    const response = await fetch(`http://127.0.0.1:${port}/healthz`);
    const state = (await response.json()) as Health;
    if (response.status === code) return { ...state, code };
    await sleep(20);
  }
}

/** Starts a command with a port for its state. */
async function start(
  args: readonly string[],
  expected: RegExp,
  env: Readonly<Record<string, string>> = {},
): Promise<{ readonly program: RelayProgram; readonly port: number }> {
  const port = await freePort();
  const program = await RelayProgram.startWarm([...args, "--status-port", `${port}`], expected, { env });
  return { program, port };
}

async function expectDocumented(command: string, port: number, more: string = command): Promise<void> {
  const metrics = await metricsAt(port);
  const documented = DOCUMENTED.filter(({ commands }) =>
    ["all", command, more].some((each) => commands.includes(each)),
  );
  const rows = (all: Iterable<readonly [string, { readonly type: string }]>): string[] =>
    Array.from(all, ([name, { type }]) => `${name} ${type}`).sort();
  expect(rows(metrics)).toEqual(rows(documented.map((row) => [row.name, row] as const)));
  expect(metrics.get("rerun_ts_memory_bytes")?.value).toBeGreaterThan(10_000_000);
}

describe("the state of a command", () => {
  it("has the documented metrics of `serve`, and tells of a file that cannot be written", async ({ folder }) => {
    const path = damagedFile(join(folder, "saved.rrd"));
    const { program, port } = await start(["serve", "--port", "0", "--save", path], /^Serving at /);
    await expectDocumented("serve", port);
    const rec = new RecordingStream("robot");
    await rec.setSink(new GrpcSink(program.url));
    rec.log("a", new Scalars(1));
    await rec.flush({ ack: true });
    const metrics = await metricsAt(port);
    expect(metrics.get("rerun_ts_serve_received_messages_total")?.value).toBeGreaterThan(1);
    expect(metrics.get("rerun_ts_serve_saved_bytes_total")?.value).toBeGreaterThan(100);
    expect(await health(port, 200)).toMatchObject({ command: "serve", status: "ok" });
    rmSync(path);
    rec.log("a", new Scalars(2));
    await rec.flush();
    const { reason } = await health(port, 503);
    expect(reason).toContain(path);
    expect((await metricsAt(port)).get("rerun_ts_healthy")?.value).toBe(0);
    await rec.close({ timeoutMs: 1 });
    await program.kill();
  });

  it("has the documented metrics of `ingest`, and tells of NATS that is away, until it is back", async ({
    folder,
    skip,
  }) => {
    const nats = await NatsServer.start(await needNats({ skip }), folder);
    onTestFinished(() => nats.kill());
    const args = ["--from", nats.url, "--dataset", "fleet", "--unhealthy-after", "0.1"];
    const store = join(folder, "store");
    mkdirSync(store);
    const ingest = await start(["ingest", ...args, "--to", store], /^Ingesting /);
    const relay = await start(["serve", "--port", "0", ...args], /^Serving at /);
    await expectDocumented("ingest", ingest.port);
    await expectDocumented("serve", relay.port, "serve --from");
    for (const { port } of [ingest, relay]) expect((await health(port, 200)).reason).toBeUndefined();
    await nats.kill();
    for (const { port } of [ingest, relay]) expect((await health(port, 503)).reason).toContain("nats://127.0.0.1");
    expect((await metricsAt(ingest.port)).get("rerun_ts_due_failing")?.value).toBeGreaterThan(0);
    await nats.restart();
    for (const { port } of [ingest, relay]) expect(await health(port, 200)).toMatchObject({ status: "ok" });
    for (const { program } of [ingest, relay]) expect((await program.interrupt()).code).toBe(0);
  });

  it("tells of a store that an ingester cannot reach", async ({ folder, skip }) => {
    const nats = await NatsServer.start(await needNats({ skip }), folder);
    onTestFinished(() => nats.kill());
    const endpoint = `http://127.0.0.1:${await freePort()}`;
    const args = ["--from", nats.url, "--dataset", "fleet", "--unhealthy-after", "0.1"];
    const credentials = { AWS_ACCESS_KEY_ID: "a", AWS_SECRET_ACCESS_KEY: "canary-secret" };
    const to = ["--to", "s3://bucket/data", "--endpoint", endpoint];
    const { program, port } = await start(["ingest", ...args, ...to], /^Ingesting /, credentials);
    const { reason } = await health(port, 503);
    expect(reason).toContain("s3://bucket");
    expect(reason).not.toContain("canary");
    await program.kill();
  });

  it("has the documented metrics of `catalog keep`, and tells of a catalog that is away", async ({ folder, rerun }) => {
    const env = { RERUN_CLI_PATH: rerun.program };
    const catalogPort = await freePort();
    const server = await start(["server", "--port", `${catalogPort}`], /^Catalog at /, env);
    await expectDocumented("server", server.port);
    expect(await health(server.port, 200)).toMatchObject({ command: "server" });
    const files = join(folder, "store");
    mkdirSync(files);
    const url = `rerun+http://127.0.0.1:${catalogPort}`;
    const args = ["--from", files, "--files", files, "--mounted", "--dataset", "fleet", "--url", url];
    const keeper = await start(["catalog", "keep", ...args, "--interval", "0.2"], /parts are registered/);
    await expectDocumented("catalog keep", keeper.port);
    expect(await health(keeper.port, 200)).toMatchObject({ command: "catalog keep", registered: 0 });
    expect((await server.program.interrupt("SIGTERM")).code).toBe(0);
    expect((await health(keeper.port, 503)).reason).toContain(url);
    expect((await keeper.program.interrupt("SIGTERM")).code).toBe(0);
  });

  it("is served at the given address, and not without its port", async ({ folder }) => {
    const port = await freePort();
    const flags = ["--status-port", `${port}`, "--status-bind", "127.0.0.2"];
    const relay = await RelayProgram.startWarm(["serve", "--port", "0", ...flags]);
    expect((await fetch(`http://127.0.0.2:${port}/healthz`)).status).toBe(200);
    expect((await fetch(`http://127.0.0.2:${port}/healthz`, { method: "POST" })).status).toBe(405);
    expect((await fetch(`http://127.0.0.2:${port}/`)).status).toBe(404);
    // A page of elsewhere may give its own name to this address.
    expect(await statusFor("rebound.example", port)).toBe(403);
    expect(await statusFor("localhost", port)).toBe(200);
    await expect(fetch(`http://127.0.0.1:${port}/healthz`)).rejects.toThrow("fetch failed");
    const ingest = ["ingest", "--from", "nats://127.0.0.1:1", "--to", "./bucket", "--dataset", "fleet"];
    for (const command of [["serve", "--port", "0"], ingest]) {
      const taken = await runWarmCli([...command, ...flags], { cwd: folder });
      expect([taken.code, taken.stderr]).toEqual([1, expect.stringContaining(`127.0.0.2:${port}`)]);
    }
    expect((await runWarmCli(["serve", "--status-bind", "127.0.0.1"])).code).toBe(2);
    await relay.interrupt();
  });
});

/** The status of a request to 127.0.0.2 that names another host. */
async function statusFor(host: string, port: number): Promise<number | undefined> {
  const asked = request({ host: "127.0.0.2", port, path: "/healthz", headers: { host: `${host}:${port}` } }).end();
  const [response] = (await once(asked, "response")) as [IncomingMessage];
  response.resume();
  return response.statusCode;
}
