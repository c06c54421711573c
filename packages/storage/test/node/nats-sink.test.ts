import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { fsStore, openParts, type ObjectStore } from "@rerun-ts/storage";
import { startIngest, type RunningIngest } from "@rerun-ts/storage/ingest";
import { NatsSink, type NatsSinkOptions } from "@rerun-ts/storage/nats";
import { MemorySink, RecordingStream } from "@rerun-ts/core";
import { readEncodedMessages } from "@rerun-ts/core/decode";
import { encodeRrd } from "@rerun-ts/core/encode";
import { Points3D, Scalars, TextLog, blueprint } from "@rerun-ts/node";
import { readChunks, valuesOf } from "@rerun-ts/test-support/common/read-chunks";
import { describeSinkContract } from "@rerun-ts/test-support/common/sink-contract";
import { NatsServer } from "@rerun-ts/test-support/node/nats-server";
import { makeTemporaryFolder } from "@rerun-ts/test-support/node/temporary-folder";
import { ensureNatsServer } from "@rerun-ts/test-support/setup/nats";
import { isCi } from "@rerun-ts/test-support/node/environment";
import { jetstreamManager } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { streamName } from "../../src/nats/subjects.ts";

const program = await ensureNatsServer();
const isMissing = program === undefined && !isCi;
const folder = makeTemporaryFolder();
let server: NatsServer;

beforeAll(async () => {
  if (!isMissing) server = await startServer();
});
afterAll(async () => {
  await server?.kill();
  await folder.remove();
});

function startServer(args: readonly string[] = []): Promise<NatsServer> {
  return NatsServer.start(program ?? "nats-server", join(folder.path, randomUUID()), { args });
}

/** A dataset with an ingester that commits soon. */
function startDataset(): { dataset: string; store: ObjectStore; ingest: RunningIngest } {
  const dataset = randomUUID();
  const store = fsStore(join(folder.path, dataset));
  const ingest = startIngest({ from: server.url, to: store, dataset, maxSeconds: 0.05 });
  return { dataset, store, ingest };
}

function newDataset(): { dataset: string; store: ObjectStore } {
  const { ingest, ...rest } = startDataset();
  onTestFinished(() => ingest.abort());
  return rest;
}

async function readParts(store: ObjectStore, dataset: string): Promise<Uint8Array[]> {
  const parts: Uint8Array[] = [];
  for await (const { key } of store.list(`v1/${dataset}/log-parts/`)) parts.push(await store.read(key));
  return parts;
}

async function rowsIn(store: ObjectStore, dataset: string): Promise<number[]> {
  const parts = await readParts(store, dataset);
  const chunks = parts.flatMap((part) => readChunks(part)).filter(({ entityPath }) => entityPath === "/rows");
  return chunks
    .flatMap(({ times }) => times["row"] ?? [])
    .map(Number)
    .sort((a, b) => a - b);
}

function logRows(recording: RecordingStream, count: number, from = 0): void {
  for (let row = from; row < from + count; row++) {
    recording.setTime("row", { sequence: row });
    recording.log("rows", new Scalars(row));
  }
}

const numbers = (count: number): number[] => Array.from({ length: count }, (_, row) => row);

async function recordTo(
  url: string,
  options: NatsSinkOptions,
): Promise<{ recording: RecordingStream; sink: NatsSink }> {
  const recording = new RecordingStream("nats", { recordingId: "run" });
  const sink = new NatsSink(url, options);
  await recording.setSink(sink);
  return { recording, sink };
}

describe.skipIf(isMissing)("NatsSink", () => {
  describeSinkContract(
    "NatsSink",
    () => {
      const { dataset, store, ingest } = startDataset();
      const sink = new NatsSink(server.url, { dataset });
      return {
        sink,
        async read() {
          // NATS has it already: from there it goes to the store by itself.
          await sink.flush({ ack: true });
          return readParts(store, dataset);
        },
        cleanUp: () => ingest.abort(),
      };
    },
    { isAsynchronous: true, hasFooter: false, workingState: "connecting" },
  );

  it("has everything in the store when `flush({ ack: true })` settles", async () => {
    const { dataset, store } = newDataset();
    const { recording, sink } = await recordTo(server.url, { dataset });
    for (let round = 0; round < 3; round++) {
      logRows(recording, 100, round * 100);
      expect(await recording.flush({ ack: true })).toMatchObject({ complete: true });
      expect(await rowsIn(store, dataset)).toEqual(numbers((round + 1) * 100));
    }
    expect(sink.stats()).toMatchObject({ state: "open", queuedBytes: 0, droppedRows: 0, reconnects: 0 });
    expect(await recording.close()).toMatchObject({ complete: true });
  });

  it("keeps data until it is committed, so that NATS may lose its disk", async () => {
    const own = await startServer();
    onTestFinished(() => own.kill());
    const dataset = "lost";
    const store = fsStore(join(folder.path, randomUUID()));
    const ingest = startIngest({ from: own.url, to: store, dataset, maxSeconds: 3600 });
    onTestFinished(() => ingest.abort());
    const { recording } = await recordTo(own.url, { dataset });
    logRows(recording, 500);
    // NATS has it, and nobody else.
    expect(await recording.flush()).toMatchObject({ complete: true });
    await ingest.abort();
    await own.kill("all");
    await own.restart();
    const other = startIngest({ from: own.url, to: store, dataset, maxSeconds: 3600 });
    onTestFinished(() => other.abort());
    logRows(recording, 10, 500);
    expect(await recording.flush({ ack: true })).toMatchObject({ complete: true });
    expect(await rowsIn(store, dataset)).toEqual(numbers(510));
    await recording.close();
  });

  it("sends everything again to a stream that was made anew, although nothing new is logged", async () => {
    const own = await startServer();
    onTestFinished(() => own.kill());
    const dataset = "anew";
    const store = fsStore(join(folder.path, randomUUID()));
    const ingest = startIngest({ from: own.url, to: store, dataset, maxSeconds: 3600 });
    const { recording } = await recordTo(own.url, { dataset });
    logRows(recording, 100);
    expect(await recording.flush()).toMatchObject({ complete: true });
    await ingest.abort();
    await own.kill("all");
    await own.restart();
    const other = startIngest({ from: own.url, to: store, dataset, maxSeconds: 3600 });
    onTestFinished(() => other.abort());
    expect(await recording.flush({ ack: true })).toMatchObject({ complete: true });
    expect(await rowsIn(store, dataset)).toEqual(numbers(100));
    await recording.close();
  });

  it("sends again what was purged from the stream, if somebody waits for it", { timeout: 30_000 }, async () => {
    const { dataset, store, ingest } = startDataset();
    const { recording } = await recordTo(server.url, { dataset });
    logRows(recording, 100);
    await recording.flush({ ack: true });
    await ingest.abort();
    logRows(recording, 100, 100);
    await recording.flush();
    const stored = recording.flush({ ack: true, timeoutMs: 25_000 });
    const connection = await connect({ servers: server.url });
    const manager = await jetstreamManager(connection);
    const { purged } = await manager.streams.purge(streamName(dataset));
    expect(purged).toBeGreaterThan(0);
    await connection.close();
    const next = startIngest({ from: server.url, to: store, dataset, maxSeconds: 0.05 });
    onTestFinished(() => next.abort());
    expect(await stored).toMatchObject({ complete: true });
    expect(await rowsIn(store, dataset)).toEqual(numbers(200));
    await recording.close();
  });

  it("sends messages that are larger than those of NATS, in pieces", async () => {
    const { dataset, store } = newDataset();
    const { recording } = await recordTo(server.url, { dataset });
    const positions = Float32Array.from({ length: 360_000 }, () => Math.random());
    recording.log("cloud", new Points3D(positions));
    expect(await recording.flush({ ack: true })).toMatchObject({ complete: true });
    const chunks = (await readParts(store, dataset)).flatMap((part) => readChunks(part));
    const clouds = chunks.filter(({ entityPath }) => entityPath === "/cloud");
    expect(clouds.map(({ components }) => components["Points3D:positions"]?.flat(2))).toEqual([[...positions]]);
    await recording.close();
  });

  it("commits what the stream has had for long, however much it is", async () => {
    const { dataset, store, ingest } = startDataset();
    const { recording } = await recordTo(server.url, { dataset });
    await recording.flush({ ack: true });
    await ingest.abort();
    const positions = Float32Array.from({ length: 60_000 }, () => Math.random());
    for (let row = 0; row < 80; row++) {
      recording.setTime("row", { sequence: row });
      recording.log("rows", new Points3D(positions));
    }
    await recording.flush();
    const other = startIngest({ from: server.url, to: store, dataset });
    onTestFinished(() => other.abort());
    expect(await recording.flush({ ack: true })).toMatchObject({ complete: true });
    expect(other.stats().bytes).toBeGreaterThan(80 * positions.byteLength);
    await recording.close();
  });

  it("is read back by `openParts`, without parts that no commit names", async () => {
    const { dataset, store } = newDataset();
    const { recording } = await recordTo(server.url, { dataset });
    for (let round = 0; round < 2; round++) {
      logRows(recording, 10, round * 10);
      expect(await recording.flush({ ack: true })).toMatchObject({ complete: true });
    }
    await recording.close();
    const committed: string[] = [];
    for await (const { key } of store.list(`v1/${dataset}/log-parts/`)) committed.push(key);
    // What ingesters leave that are killed before their commits: where another one has committed, and where none has.
    const memory = new MemorySink();
    const lost = new RecordingStream("nats", { recordingId: "run" });
    await lost.setSink(memory);
    logRows(lost, 5, 100);
    await lost.close();
    const [first = ""] = committed;
    await store.create(first.replace(/-[0-9a-f]+[.]rrd$/, "-000000000000.rrd"), memory.toBytes());
    await store.create(first.replace(/-\d{16}-/, "-0000000000000099-"), memory.toBytes());
    await using file = await openParts(store, { dataset, recordingId: "run" });
    const table = await file.recording().query({ index: "row", contents: "/rows" }).toTable();
    expect([...(table.getChild("row") ?? [])].map(Number)).toEqual(numbers(20));
  });

  it("has all static data in its parts together, each value in one of them within an hour, whoever commits", async () => {
    const { dataset, store, ingest } = startDataset();
    const { recording } = await recordTo(server.url, { dataset });
    const notesOfParts = async (): Promise<readonly (readonly unknown[])[]> =>
      (await readParts(store, dataset)).map((part) =>
        ["/a", "/b"].map((entity) => valuesOf(part, entity, "TextLog:text").at(-1)),
      );
    recording.log("a", new TextLog("first"), { static: true });
    recording.log("b", new TextLog("kept"), { static: true });
    await recording.flush({ ack: true });
    recording.log("a", new TextLog("second"), { static: true });
    await recording.flush({ ack: true });
    // Another ingester knows nothing but the commits.
    await ingest.finish();
    const other = startIngest({ from: server.url, to: store, dataset, maxSeconds: 0.05 });
    onTestFinished(() => other.abort());
    for (let round = 0; round < 2; round++) {
      logRows(recording, 10, round * 10);
      await recording.flush({ ack: true });
    }
    await recording.close();
    const nothing = [undefined, undefined];
    expect(await notesOfParts()).toEqual([[["first"], ["kept"]], [["second"], undefined], nothing, nothing]);
    await using file = await openParts(store, { dataset, recordingId: "run" });
    const chunks: string[] = [];
    for await (const { entityPath, numRows } of file.recording().chunks()) chunks.push(`${entityPath} ${numRows}`);
    expect(chunks.filter((chunk) => /^\/[ab] /.test(chunk)).sort()).toEqual(["/a 1", "/a 1", "/b 1"]);
    expect(other.stats()).toMatchObject({ rows: 20 });
  });

  it("has a whole layout in its last part, although it was committed in several", async () => {
    const { dataset, store } = newDataset();
    const { recording, sink } = await recordTo(server.url, { dataset });
    const memory = new MemorySink();
    const layout = new RecordingStream("nats", { recordingId: "layout" });
    await layout.setSink(memory);
    layout.sendBlueprint(new blueprint.Blueprint(new blueprint.TimeSeriesView({ origin: "rows" })));
    await layout.close();
    const messages = readEncodedMessages(memory.toBytes()).filter(({ storeId }) => storeId.kind === "blueprint");
    const middle = messages.length >> 1;
    for (const some of [messages.slice(0, middle), messages.slice(middle)]) {
      for (const message of some) sink.send(message);
      await recording.flush({ ack: true });
    }
    await recording.close();
    const parts: Uint8Array[] = [];
    for await (const { key } of store.list(`v1/${dataset}/log-layouts/`)) parts.push(await store.read(key));
    const entitiesOf = (rrd: Uint8Array): string[] =>
      readChunks(rrd)
        .map(({ entityPath }) => entityPath)
        .sort();
    expect(parts.length).toBe(2);
    expect(entitiesOf(parts[1] ?? new Uint8Array())).toEqual(entitiesOf(encodeRrd(messages)));
  });

  it("keeps layouts apart from recordings", async () => {
    const { dataset, store } = newDataset();
    const { recording } = await recordTo(server.url, { dataset });
    logRows(recording, 5);
    recording.sendBlueprint(new blueprint.Blueprint(new blueprint.TimeSeriesView({ origin: "rows" })));
    await recording.close();
    const keys: string[] = [];
    for await (const { key } of store.list(`v1/${dataset}/log-`)) keys.push(key.replace(/^v1\/[^/]+\//, ""));
    // Slow clients may divide the rows.
    const kinds = new Set(keys.map((key) => key.replace(/\d\d-\d{16}-[0-9a-f]{12}/, "PART")));
    expect(kinds).toEqual(new Set(["log-layouts/nats/PART.rbl", "log-parts/run/PART.rrd"]));
  });

  it("reports what is not committed as dropped when it must close without an ingester", async () => {
    const { recording } = await recordTo(server.url, { dataset: randomUUID() });
    const warnings: string[] = [];
    recording.addEventListener("warning", ({ warning }) => warnings.push(warning.message));
    logRows(recording, 20);
    const { complete, droppedRows } = await recording.close({ timeoutMs: 300 });
    expect({ complete, droppedRows }).toEqual({ complete: false, droppedRows: 21 });
    expect(warnings.join("\n")).toContain("start `rerun-ts ingest`, which creates it");
  });

  it("drops the oldest rows when its queue is full, and counts them", async () => {
    const { recording, sink } = await recordTo("nats://127.0.0.1:1", { dataset: "x", maxQueueBytes: 10_000 });
    for (let round = 0; round < 100; round++) {
      logRows(recording, 10, round * 10);
      await recording.flush({ timeoutMs: 0 }).catch(() => {});
    }
    const { droppedRows, queuedBytes } = sink.stats();
    expect(droppedRows).toBeGreaterThan(0);
    expect(queuedBytes).toBeLessThanOrEqual(12_000);
    const closed = await recording.close({ timeoutMs: 1 });
    expect(closed.droppedRows).toBe(1001);
  });

  it("stores the rows of two programs that go on from one copy of a machine", async () => {
    const { dataset, store } = newDataset();
    // A copy of a machine has the same random numbers.
    const real = crypto.getRandomValues.bind(crypto);
    const isRun = (array: ArrayBufferView | null): boolean => array?.byteLength === 8;
    const spy = vi.spyOn(crypto, "getRandomValues");
    spy.mockImplementation((array) => (isRun(array) ? array : real(array)));
    const warnings: string[] = [];
    const sinks = await Promise.all(
      ["one", "two"].map(async (name) => {
        const recording = new RecordingStream("nats", {
          recordingId: "run",
          onWarning: ({ message }) => warnings.push(message),
        });
        const sink = new NatsSink(server.url, { dataset });
        await recording.setSink(sink);
        return { name, recording };
      }),
    );
    spy.mockRestore();
    const [first, second] = sinks as [(typeof sinks)[0], (typeof sinks)[0]];
    // What both have sent before the copy was made is the same in both; then each goes on by itself.
    logRows(first.recording, 10);
    expect(await first.recording.flush({ ack: true })).toMatchObject({ complete: true });
    logRows(second.recording, 5, 100);
    expect(await second.recording.flush({ ack: true, timeoutMs: 20_000 })).toMatchObject({ complete: true });
    logRows(first.recording, 10, 10);
    logRows(second.recording, 5, 105);
    for (const { recording } of sinks)
      expect(await recording.flush({ ack: true, timeoutMs: 20_000 })).toMatchObject({ complete: true });
    expect(await rowsIn(store, dataset)).toEqual([...numbers(20), ...numbers(10).map((row) => row + 100)]);
    expect(warnings).toContainEqual(expect.stringContaining("such as a copy of this machine"));
    for (const { recording } of sinks) await recording.close();
  });

  it("keeps data that ingesters always reject, and says why", async () => {
    const { dataset, store } = newDataset();
    const { recording, sink } = await recordTo(server.url, { dataset, resendSeconds: 0 });
    const warnings: string[] = [];
    recording.addEventListener("warning", ({ warning }) => warnings.push(warning.message));
    logRows(recording, 5);
    await recording.flush({ ack: true });
    const storeId = { kind: "recording", applicationId: "nats", recordingId: "run" } as const;
    const chunkId = { timeHi: 0, timeLo: 0, incHi: 0, incLo: 1 };
    sink.send({ kind: "chunk", storeId, chunkId, isStatic: false, payload: Uint8Array.from([1, 2, 3]) });
    expect(await recording.flush({ ack: true, timeoutMs: 2000 })).toMatchObject({ complete: false, droppedRows: 0 });
    const text = /an ingester cannot commit 1 messages from number \d+ on: .+/;
    expect(sink.stats().lastError).toMatchObject({ code: "SERVER", message: expect.stringMatching(text) as string });
    expect(sink.stats().state).toBe("open");
    expect(warnings.join("\n")).toContain("they are kept, and sent again");
    // Nothing else is lost.
    expect(await rowsIn(store, dataset)).toEqual(numbers(5));
    await recording.close().catch(() => {});
  });

  it("goes on when a server knows its user after a while, and does not show the login", async () => {
    const unaware = await startServer(["--user", "somebody", "--pass", "else"]);
    const { port } = unaware;
    const waiting = await recordTo(unaware.url.replace("//", "//robot:canary-secret@"), { dataset: "x" });
    logRows(waiting.recording, 3);
    expect(await waiting.recording.flush({ ack: true, timeoutMs: 500 })).toMatchObject({ complete: false });
    expect(waiting.sink.stats()).toMatchObject({ state: "connecting", droppedRows: 0, lastError: { code: "AUTH" } });
    const shown = [waiting.sink.stats(), waiting.sink.url, String(waiting.sink.stats().lastError)];
    expect(JSON.stringify(shown)).not.toMatch(/canary/);
    await unaware.kill();
    const own = await NatsServer.start(program ?? "nats-server", join(folder.path, randomUUID()), {
      port,
      args: ["--user", "robot", "--pass", "canary-secret"],
    });
    onTestFinished(() => own.kill());
    const login = "//robot:canary-secret@";
    const ingest = startIngest({
      from: own.url.replace("//", login),
      to: fsStore(join(folder.path, randomUUID())),
      dataset: "x",
    });
    onTestFinished(() => ingest.abort());
    expect(await waiting.recording.close({ timeoutMs: 20_000 })).toMatchObject({ complete: true, droppedRows: 0 });
    const { recording, sink } = await recordTo(own.url, {
      dataset: "x",
      connect: { user: "robot", pass: "canary-secret" },
    });
    logRows(recording, 5);
    expect(await recording.flush({ ack: true })).toMatchObject({ complete: true });
    expect(sink.url).toBe(own.url);
    await recording.close();
  });

  it("rejects wrong arguments", () => {
    expect(() => new NatsSink("http://127.0.0.1", { dataset: "x" })).toThrow(
      "`url` must be an address such as nats://",
    );
    expect(() => new NatsSink("nats://a:canary@:bad:", { dataset: "x" })).toThrow(/^(?!.*canary)/s);
    for (const url of ["nats://", "nats:///a", "nats://a:canary@"])
      expect(() => new NatsSink(url, { dataset: "x" })).toThrow(/^`url` must be an address such as (?!.*canary)/);
    expect(() => new NatsSink("nats://a:canary%zz@b", { dataset: "x" })).toThrow(
      /^`url` has a login (?!.*canary).* %25$/,
    );
    expect(() => new NatsSink("nats://a", { dataset: "" })).toThrow("`dataset` must be the name of a dataset");
    expect(() => new NatsSink("nats://a", { dataset: "x", onFull: "block" as never })).toThrow(
      "`onFull` must be one of",
    );
    expect(() => startIngest({ from: "nats://a", to: "s3://b" as never, dataset: "x" })).toThrow(
      "`to` must be a store",
    );
    const to = fsStore(folder.path);
    expect(() => startIngest({ from: "nats://a", to, dataset: "x", partitions: [64] })).toThrow(
      "`partitions` must be a list of integers from 0 to 63",
    );
  });
});
