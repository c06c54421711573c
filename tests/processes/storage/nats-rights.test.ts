import { randomUUID } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { DiscardPolicy, jetstreamManager, type StreamConfig } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import { fsStore, openParts } from "@rerun-ts/storage";
import { NatsSink } from "@rerun-ts/storage/nats";
import { GrpcSink, Points3D, RecordingStream, Scalars } from "@rerun-ts/node";
import { freePort } from "@rerun-ts/test-support/node/free-port";
import { NatsServer } from "@rerun-ts/test-support/node/nats-server";
import { needNats } from "@rerun-ts/test-support/setup/need-nats";
import { describe, expect, onTestFinished, type TestContext } from "vitest";
import { RelayProgram } from "../harness/relay-program.ts";
import { it } from "../harness/test.ts";

type Right = readonly [kind: "publish" | "subscribe", subject: string];

/** Starts NATS, in which the user `some` lacks a right, and the user `all` lacks none. */
async function startNats(folder: string, context: Pick<TestContext, "skip">, right?: Right): Promise<NatsServer> {
  const config = join(folder, `${randomUUID()}.conf`);
  const denied = right === undefined ? "" : `, permissions: { ${right[0]}: { deny: "${right[1]}" } }`;
  writeFileSync(
    config,
    `authorization { users: [ { user: all, password: p }, { user: some, password: p${denied} } ] }\n`,
  );
  const nats = await NatsServer.start(await needNats(context), folder, { args: ["-c", config] });
  onTestFinished(() => nats.kill());
  return nats;
}

const urlOf = ({ url }: NatsServer, user: string): string => url.replace("//", `//${user}:p@`);

async function start(args: readonly string[], expected: RegExp): Promise<{ program: RelayProgram; port: number }> {
  const port = await freePort();
  const program = await RelayProgram.startWarm([...args, "--status-port", `${port}`], expected);
  onTestFinished(() => program.kill());
  return { program, port };
}

function startIngest(nats: NatsServer, user: string, folder: string): ReturnType<typeof start> {
  const store = join(folder, "store");
  mkdirSync(store, { recursive: true });
  const args = ["--from", urlOf(nats, user), "--dataset", "fleet", "--to", store, "--unhealthy-after", "0.2"];
  return start(["ingest", ...args], /^Ingesting /);
}

function startEdge(nats: NatsServer, user: string, limit = "0.2"): ReturnType<typeof start> {
  const args = ["--to", urlOf(nats, user), "--dataset", "fleet", "--unhealthy-after", limit];
  return start(["serve", "--port", "0", ...args], /^Serving at /);
}

/** Logs rows again and again, until the health has a code and a reason. */
async function reasonWhile(log: () => Promise<unknown>, port: number, code: number, text: RegExp): Promise<string> {
  for (;;) {
    await log();
    const response = await fetch(`http://127.0.0.1:${port}/healthz`);
    const { reason = "" } = (await response.json()) as { reason?: string };
    if (response.status === code && text.test(reason)) return reason;
    await sleep(50);
  }
}

async function logTo(sink: NatsSink | GrpcSink): Promise<() => Promise<unknown>> {
  const rec = new RecordingStream("robot", { onError: () => undefined });
  await rec.setSink(sink);
  onTestFinished(async () => void (await rec.close({ timeoutMs: 1 })));
  return () => {
    rec.log("a", new Scalars(1));
    return rec.flush({ ack: true, timeoutMs: 500 }).catch(() => undefined);
  };
}

/** What a program has printed as warnings, which ends with it. */
async function printedBy(program: RelayProgram): Promise<string> {
  await program.kill();
  return (await program.ended).stderr;
}

async function metric(port: number, name: string): Promise<number> {
  const text = await fetch(`http://127.0.0.1:${port}/metrics`).then((response) => response.text());
  return Number(new RegExp(String.raw`^rerun_ts_${name} (\S+)$`, "m").exec(text)?.[1]);
}

describe("a right in NATS that an ingester lacks", () => {
  it.for<Right>([
    ["publish", "rr-ack.>"],
    ["publish", "$JS.API.CONSUMER.CREATE.>"],
    ["publish", "$JS.API.CONSUMER.INFO.>"],
    ["publish", "$JS.API.CONSUMER.MSG.NEXT.>"],
    ["subscribe", "rr-ask.>"],
  ])("is named by its health and a warning (%s to %s)", async ([kind, subject], { folder, skip }) => {
    const nats = await startNats(folder, { skip }, [kind, subject]);
    // The stream is there already.
    const other = await startIngest(nats, "all", folder);
    await (
      await logTo(new NatsSink(urlOf(nats, "all"), { dataset: "fleet" }))
    )();
    expect((await other.program.interrupt()).code).toBe(0);
    const { program, port } = await startIngest(nats, "some", folder);
    const log = await logTo(new NatsSink(urlOf(nats, "all"), { dataset: "fleet", resendSeconds: 1 }));
    const beginning = subject.slice(0, -1).replaceAll("$", String.raw`\$`);
    const text = new RegExp(`${kind === "publish" ? "publish" : "subscri\\w+"}.* "?${beginning}`, "i");
    expect(await reasonWhile(log, port, 503, text)).not.toContain(":p@");
    expect(await printedBy(program)).toMatch(text);
  });
});

describe("a right in NATS that an edge lacks", () => {
  it.for<Right>([
    ["publish", "rr.>"],
    ["publish", "rr-ask.>"],
    ["subscribe", "rr-ack.>"],
    ["subscribe", "_INBOX.>"],
  ])("is named by its health and a warning (%s to %s)", async ([kind, subject], { folder, skip }) => {
    const nats = await startNats(folder, { skip }, [kind, subject]);
    await startIngest(nats, "all", folder);
    const { program, port } = await startEdge(nats, "some");
    const log = await logTo(new GrpcSink(program.url));
    const text = new RegExp(`${kind === "publish" ? "publish" : "subscri\\w+"}.* "?${subject.slice(0, -1)}`, "i");
    await reasonWhile(log, port, 503, text);
    expect(await printedBy(program)).toMatch(text);
  });
});

describe("records that wait at an edge", () => {
  it("are told by its health and metrics while no ingester runs, until one does", async ({ folder, skip }) => {
    const nats = await startNats(folder, { skip });
    const first = await startIngest(nats, "all", folder);
    expect((await first.program.interrupt()).code).toBe(0);
    const { program, port } = await startEdge(nats, "all", "1");
    const log = await logTo(new GrpcSink(program.url));
    const reason = await reasonWhile(log, port, 503, /ingester/);
    expect(reason).toMatch(/records for the dataset fleet wait, and nothing has succeeded for \d+ s: no ingester/);
    expect(await metric(port, String.raw`due_waiting_bytes\{component="serve --to"\}`)).toBeGreaterThan(0);
    expect(await metric(port, String.raw`due_seconds_since_success\{component="serve --to"\}`)).toBeGreaterThan(0);
    await startIngest(nats, "all", folder);
    await reasonWhile(log, port, 200, /^$/);
    expect(await printedBy(program)).toContain("no ingester commits");
  });
});

/** Makes the stream of a dataset as an operator may do it. */
async function makeStream(nats: NatsServer, config: Partial<StreamConfig>): Promise<void> {
  const connection = await connect({ servers: nats.url, user: "all", pass: "p" });
  const manager = await jetstreamManager(connection);
  await manager.streams.add({ name: "rr-fleet", subjects: ["rr.fleet.*.*"], discard: DiscardPolicy.New, ...config });
  await connection.close();
}

/** Logs rows of 60 kB to NATS. */
async function logLarge(
  nats: NatsServer,
): Promise<{ readonly rec: RecordingStream; readonly warnings: string[]; readonly log: (rows: number) => void }> {
  const warnings: string[] = [];
  const rec = new RecordingStream("robot", { recordingId: "monday", batcher: { flushNumRows: 1 } });
  rec.addEventListener("warning", ({ warning }) => warnings.push(warning.message));
  await rec.setSink(new NatsSink(urlOf(nats, "all"), { dataset: "fleet" }));
  onTestFinished(async () => void (await rec.close({ timeoutMs: 1 })));
  const log = (rows: number): void => {
    for (let row = 0; row < rows; row++)
      rec.log("points", new Points3D(Float32Array.from({ length: 15_000 }, Math.random)));
  };
  return { rec, warnings, log };
}

describe("a stream that refuses messages when it is full", () => {
  it.for<Partial<StreamConfig>>([
    { max_bytes: 2_000_000 },
    { max_msgs: 12 },
    { max_bytes: 2_000_000, max_msg_size: 20_000 },
  ])("takes more after commits, of which nothing is lost (%o)", async (config, { folder, skip }) => {
    const nats = await startNats(folder, { skip });
    await makeStream(nats, config);
    const { port } = await startIngest(nats, "all", folder);
    const { rec, log } = await logLarge(nats);
    for (let round = 1; round <= 6; round++) {
      log(10);
      while (!(await rec.flush({ ack: true, timeoutMs: 5000 })).complete);
    }
    await using file = await openParts(fsStore(join(folder, "store")), { dataset: "fleet", recordingId: "monday" });
    let rows = 0;
    for await (const { table, entityPath } of file.recording().chunks())
      if (entityPath === "/points") rows += table.numRows;
    expect(rows).toBe(60);
    await reasonWhile(async () => undefined, port, 200, /^$/);
  });

  it("is named by the health of an ingester that may not remove what is committed", async ({ folder, skip }) => {
    const nats = await startNats(folder, { skip }, ["publish", "$JS.API.STREAM.PURGE.>"]);
    await makeStream(nats, { max_bytes: 2_000_000 });
    const { program, port } = await startIngest(nats, "some", folder);
    const { rec, warnings, log } = await logLarge(nats);
    const logMore = async (): Promise<void> => {
      log(10);
      await rec.flush({ ack: true, timeoutMs: 1000 });
    };
    await reasonWhile(logMore, port, 503, /^(?=.*STREAM\.PURGE).*the stream rr-fleet of nats:/s);
    expect(await printedBy(program)).toContain("STREAM.PURGE");
    while (!warnings.some((text) => text.includes("refuses packs: maximum bytes exceeded"))) await logMore();
  });
});
