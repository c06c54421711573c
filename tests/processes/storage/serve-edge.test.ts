import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fsStore, openParts, type ObjectStore } from "@rerun-ts/storage";
import { startIngest, type Commit } from "@rerun-ts/storage/ingest";
import { NatsSink, serveDataset } from "@rerun-ts/storage/nats";
import type { EncodedMessage } from "@rerun-ts/core";
import { decodeRrd } from "@rerun-ts/core/decode";
import { SUBPROTOCOL, decodeFrame, encodeData, encodeHello, type Frame } from "@rerun-ts/core/transport";
import {
  GrpcSink,
  MemorySink,
  Points3D,
  customSink,
  RecordingStream,
  Scalars,
  TextDocument,
  WebSocketSink,
} from "@rerun-ts/node";
import { readChunk, readChunks } from "@rerun-ts/test-support/common/read-chunks";
import { isSoak } from "@rerun-ts/test-support/node/environment";
import { freePort } from "@rerun-ts/test-support/node/free-port";
import { NatsServer } from "@rerun-ts/test-support/node/nats-server";
import { needNats } from "@rerun-ts/test-support/setup/need-nats";
import { describe, expect, onTestFinished } from "vitest";
import { WebSocket } from "ws";
import { readEncodedMessages } from "@rerun-ts/core/decode";
import { readCommitted, staticChunks } from "../harness/committed-rows.ts";
import { startIngestingNats, untilStream } from "../harness/ingesting-nats.ts";
import { RelayProgram } from "../harness/relay-program.ts";
import { it } from "../harness/test.ts";
import { runWarmCli } from "../harness/warm-cli.ts";
import { testRandom } from "../harness/test-random.ts";

const KILLS = isSoak ? 20 : 3;
const MIB = 1024 * 1024;
/** More than an edge may keep of a client. */
const CLIENT_MIB = 72;

function logRows(recording: RecordingStream, from: number, to: number): void {
  for (let row = from; row < to; row++) {
    recording.setTime("row", { sequence: row });
    recording.log("rows", new Scalars(row / 2));
  }
}

/** The rows in all committed parts, in order, and the number of static notes. */
async function committedRows(store: ObjectStore): Promise<{ rows: number[]; notes: number }> {
  const rows: number[] = [];
  const notes = new Set<string>();
  for await (const { key } of store.list("v1/fleet/log/")) {
    const { parts } = JSON.parse(new TextDecoder().decode(await store.read(key))) as Commit;
    for (const part of parts.filter(({ key: name }) => name.endsWith(".rrd"))) {
      const rrd = await readCommitted(store, part);
      for (const { entityPath, times } of readChunks(rrd))
        if (entityPath === "/rows") rows.push(...(times["row"] ?? []).map(Number));
      // Each part repeats it under its chunk id.
      for (const { entityPath, id } of staticChunks(rrd)) if (entityPath === "/note") notes.add(id);
    }
  }
  return { rows: rows.sort((one, other) => one - other), notes: notes.size };
}

/** The rows that a relay has now. */
async function rowsAt(relay: RelayProgram, folder: string): Promise<number[]> {
  await runWarmCli(["download", relay.url, "-o", folder, "--idle-timeout", "4"]);
  return decodeRrd(readFileSync(join(folder, "output.rrd")))
    .flatMap((message) => (message.kind === "chunk" ? [readChunk(message)] : []))
    .flatMap(({ entityPath, times }) => (entityPath === "/rows" ? (times["row"] ?? []).map(Number) : []))
    .sort((one, other) => one - other);
}

/** The messages that open a recording, and a chunk. */
async function encodedMessages(): Promise<[EncodedMessage, EncodedMessage]> {
  const messages: EncodedMessage[] = [];
  const recording = new RecordingStream("page", { sendProperties: false });
  await recording.setSink(customSink({ send: (message) => void messages.push(message) }));
  logRows(recording, 0, 1000);
  await recording.close();
  return messages as [EncodedMessage, EncodedMessage];
}

const TLS = join(import.meta.dirname, "../harness/tls");

function natsSink(address: string): NatsSink {
  const ca = readFileSync(join(TLS, "certificate.pem"), "utf8");
  return new NatsSink(address, { dataset: "fleet", connect: { tls: { ca } } });
}

const numbers = (count: number): number[] => Array.from({ length: count }, (_, row) => row);

describe("rerun-ts serve --to", () => {
  it.for([
    ["WebSockets", (edge: RelayProgram) => new WebSocketSink(edge.socketUrl)],
    ["gRPC", (edge: RelayProgram) => new GrpcSink(edge.url)],
  ] as const)(
    "has what came over %s in the bucket once it is acknowledged, and shows it live",
    async ([, makeSink], { folder, skip }) => {
      const { store, args } = await startIngestingNats(folder, skip);
      const edge = await RelayProgram.startWarm([...args, "--port", "0"]);
      const recording = new RecordingStream("page", { recordingId: "monday" });
      await recording.setSink(makeSink(edge));
      recording.log("note", new TextDocument("static"), { static: true });
      for (let round = 0; round < 3; round++) {
        logRows(recording, round * 100, (round + 1) * 100);
        expect(await recording.flush({ ack: true })).toMatchObject({ complete: true });
        expect(await committedRows(store)).toEqual({ rows: numbers((round + 1) * 100), notes: 1 });
      }
      expect(await rowsAt(edge, join(folder, "live"))).toEqual(numbers(300));
      await using file = await openParts(store, { dataset: "fleet", recordingId: "monday" });
      const table = await file.recording().query({ index: "row", contents: "/rows" }).toTable();
      expect(Array.from(table.getChild("row") ?? [], Number)).toEqual(numbers(300));
      expect(await recording.close()).toMatchObject({ complete: true });
      const { code, stderr } = await edge.interrupt();
      // The edge may start before the ingester has created the stream.
      expect([code, stderr.replace(/^.* has no stream for the dataset .*\n/, "")]).toEqual([0, ""]);
    },
  );

  it("commits each row once although edges are killed, and clients send everything again", async ({ folder, skip }) => {
    const { nats, store, ingest, args } = await startIngestingNats(folder, skip);
    const random = testRandom();
    const all = [...args, "--from", nats.url, "--port", `${await freePort()}`];
    let edge = await RelayProgram.startWarm(all);
    const recording = new RecordingStream("page", { recordingId: "monday" });
    await recording.setSink(new WebSocketSink(edge.socketUrl));
    recording.log("note", new TextDocument("static"), { static: true });
    let rows = 0;
    for (let kill = 0; kill < KILLS; kill++) {
      const before = await streamBytes(nats);
      for (let round = 0; round < 5 + random(20); round++) {
        logRows(recording, rows, (rows += 1 + random(40)));
        await new Promise((resolve) => setImmediate(resolve));
      }
      // The stream has some of the data, but no commit tells the client so.
      while ((await streamBytes(nats)) === before) await new Promise((resolve) => setTimeout(resolve, 5));
      if (random(2) === 0) void recording.flush();
      await edge.kill();
      edge = await RelayProgram.startWarm(all);
    }
    expect(await recording.close()).toMatchObject({ complete: true });
    // This includes messages that nobody waits for, if there were any.
    await ingest.finish();
    expect(await committedRows(store)).toEqual({ rows: numbers(rows), notes: 1 });
    // Data that was logged at the edges before is in the stream, and the edge does not show its own data twice.
    expect(await rowsAt(edge, join(folder, "live"))).toEqual(numbers(rows));
    expect((await edge.interrupt()).code).toBe(0);
  });

  it("takes only what a token allows: its recordings, in its dataset", async ({ folder, skip }) => {
    const { store, args } = await startIngestingNats(folder, skip);
    const access = join(folder, "access.json");
    const tokens = [
      { token: "page7", write: true, recordings: ["page-7"], dataset: "fleet" },
      { token: "other", write: true, dataset: "other" },
    ];
    writeFileSync(access, JSON.stringify({ tokens }));
    const edge = await RelayProgram.startWarm([...args, "--port", "0", "--access", access]);
    const log = async (token: string, recordingId: string): Promise<unknown> => {
      const recording = new RecordingStream("page", { recordingId, onWarning() {}, onError() {} });
      await recording.setSink(new WebSocketSink(edge.socketUrl, { token }));
      logRows(recording, 0, 10);
      const result = await recording.flush({ ack: true, timeoutMs: 10_000 });
      await recording.close({ timeoutMs: 1 }).catch(() => {});
      // A sink asks again while it is refused.
      return result.complete ? result : result.sinks[0]?.lastError?.code;
    };
    expect(await log("page7", "page-7")).toMatchObject({ complete: true });
    expect(await log("page7", "page-8")).toBe("AUTH");
    expect(await log("other", "page-7")).toBe("AUTH");
    expect(await log("", "page-7")).toBe("AUTH");
    expect((await edge.interrupt()).code).toBe(0);
    expect((await committedRows(store)).rows).toEqual(numbers(10));
  });

  it("rejects a damaged record, which could never be committed, and goes on", async ({ folder, skip }) => {
    const { store, args } = await startIngestingNats(folder, skip);
    const edge = await RelayProgram.startWarm([...args, "--port", "0"]);
    const socket = new WebSocket(edge.socketUrl, SUBPROTOCOL);
    const frames: Frame[] = [];
    socket.on("message", (data: Buffer) => frames.push(decodeFrame(data)));
    const [info, chunk] = await encodedMessages();
    await once(socket, "open");
    const hello = { version: 1, first: 0, applicationId: "page", recordingId: "r", software: "test" };
    socket.send(encodeHello({ ...hello, session: new Uint8Array(16) }));
    socket.send(encodeData(0, [info, { ...chunk, payload: chunk.payload.slice(0, -100) }]));
    await once(socket, "close");
    expect(frames.at(-1)).toMatchObject({
      type: "error",
      code: 13,
      message: expect.stringMatching(/cannot be stored/),
    });
    const recording = new RecordingStream("page");
    await recording.setSink(new WebSocketSink(edge.socketUrl));
    logRows(recording, 0, 10);
    expect(await recording.flush({ ack: true })).toMatchObject({ complete: true });
    expect((await committedRows(store)).rows).toEqual(numbers(10));
    await recording.close();
  });

  it("trusts the authority of NATS that is given to it, as ingesters and sinks do, and no unknown one", async ({
    folder,
    skip,
  }) => {
    const tls = ["--tls", "--tlscert", join(TLS, "certificate.pem"), "--tlskey", join(TLS, "key.pem")];
    const nats = await NatsServer.start(await needNats({ skip }), folder, { args: tls });
    onTestFinished(() => nats.kill());
    const address = nats.url.replace("nats:", "tls:");
    const bucket = join(folder, "bucket");
    const trust = ["--nats-ca", join(TLS, "certificate.pem"), "--dataset", "fleet"];
    const ingest = await RelayProgram.startWarm(["ingest", "--from", address, "--to", bucket, ...trust], /^Ingesting/);
    const edge = await RelayProgram.startWarm(["serve", "--port", "0", "--to", address, "--from", address, ...trust]);
    const recordings = [new WebSocketSink(edge.socketUrl), natsSink(address)].map(async (sink, index) => {
      const recording = new RecordingStream("page", { recordingId: `${index}` });
      await recording.setSink(sink);
      logRows(recording, index * 10, (index + 1) * 10);
      expect(await recording.flush({ ack: true })).toMatchObject({ complete: true });
      return recording;
    });
    const open = await Promise.all(recordings);
    expect((await committedRows(fsStore(bucket))).rows).toEqual(numbers(20));
    for (const recording of open) await recording.close();
    expect((await edge.interrupt()).code).toBe(0);
    expect((await ingest.interrupt()).code).toBe(0);
    const stranger = await RelayProgram.startWarm(["serve", "--port", "0", "--to", address, "--dataset", "fleet"]);
    expect((await stranger.interrupt()).stderr).toMatch(
      /cannot connect to tls:\/\/127\.0\.0\.1:\d+: self-signed certificate/,
    );
  });

  it("acknowledges what NATS has with `--ack queued`, before it is committed", async ({ folder, skip }) => {
    const { nats, store, ingest, args } = await startIngestingNats(folder, skip);
    // The ingester has made the stream: nothing is committed from now on.
    await untilStream(nats);
    await ingest.abort();
    const edge = await RelayProgram.startWarm([...args, "--port", "0", "--ack", "queued"]);
    const recording = new RecordingStream("page", { recordingId: "monday" });
    await recording.setSink(new WebSocketSink(edge.socketUrl));
    logRows(recording, 0, 100);
    expect(await recording.flush({ ack: true })).toMatchObject({ complete: true });
    expect(await streamBytes(nats)).toBeGreaterThan(0);
    expect((await committedRows(store)).rows).toEqual([]);
    // Without NATS nothing is acknowledged.
    await nats.kill();
    logRows(recording, 100, 200);
    expect(await recording.flush({ ack: true, timeoutMs: 500 }).catch(() => undefined)).not.toMatchObject({
      complete: true,
    });
    await nats.restart();
    const other = startIngest({ from: nats.url, to: store, dataset: "fleet", maxSeconds: 3600 });
    onTestFinished(() => other.abort());
    expect(await recording.close()).toMatchObject({ complete: true });
    expect((await edge.interrupt()).code).toBe(0);
    await other.finish();
    expect((await committedRows(store)).rows).toEqual(numbers(200));
  });

  it.for([
    [["--to", "nats://a"], "`--to` requires `--dataset`"],
    [["--dataset", "d"], "`--dataset` requires `--from` or `--to`"],
    [["--to", "nats://a", "--dataset", "d", "--recording", "r"], "`--recording` requires `--from`"],
    [["--ack", "queued"], "`--ack` requires `--to`"],
    [["--to", "nats://a", "--dataset", "d", "--ack", "never"], '`--ack` must be committed or queued, got "never"'],
    [["--to", "nats://a", "--dataset", "d", "--save", "x.rrd"], "`--to` cannot be combined with `--save`"],
    [["--to", "http://u:canary@a", "--dataset", "d"], "`--to` must be an address such as nats://"],
    [
      ["--to", "nats://a", "--dataset", "d", "--bind", "0.0.0.0", "--read-token", "r"],
      "`--to` with `--bind 0.0.0.0` requires `--write-token` or `--access`",
    ],
  ] as const)("rejects the arguments %j", async ([args, message]) => {
    const { code, stderr } = await runWarmCli(["serve", "--port", "0", ...args]);
    expect(stderr).toContain(message);
    expect(stderr).not.toContain("canary");
    expect(code).toBe(2);
  });
});

describe("serveDataset", () => {
  it("is an edge that takes no more from a client than it may keep, until that is committed", async ({
    folder,
    skip,
  }) => {
    const { nats, store, ingest } = await startIngestingNats(folder, skip);
    await untilStream(nats);
    await ingest.abort();
    const edge = await serveDataset({ to: nats.url, from: nats.url, dataset: "fleet", port: 0 });
    onTestFinished(() => edge.close());
    const memory = new MemorySink();
    const recording = new RecordingStream("page", { recordingId: "monday", batcher: { flushNumRows: 1 } });
    await recording.setSink(memory);
    const positions = Float32Array.from({ length: 3 * 87_382 }, () => Math.random());
    for (let row = 0; row < CLIENT_MIB; row++) {
      recording.setTime("row", { sequence: row });
      recording.log("rows", new Points3D(positions));
    }
    await recording.close();
    // Read before the connection: the relay of this process awaits the first message.
    const frames = readEncodedMessages(memory.toBytes()).map((message, number) => encodeData(number, [message]));
    // A client that does not wait for acknowledgements, as those of this SDK do.
    const socket = new WebSocket(`ws://127.0.0.1:${edge.port}/ws`, SUBPROTOCOL);
    await once(socket, "open");
    let end = "";
    socket.once("close", (code, reason) => (end = `${code} ${reason.toString()}`));
    const hello = { version: 1, first: 0, applicationId: "page", recordingId: "monday", software: "test" };
    socket.send(encodeHello({ ...hello, session: new Uint8Array(16) }));
    for (const frame of frames) socket.send(frame);
    let taken = 0;
    for (let before = -1; taken < 60 * MIB || taken > before;) {
      before = taken;
      await new Promise((resolve) => setTimeout(resolve, 500));
      taken = edge.stats().receivedBytes;
      expect(end, "the end of the connection").toBe("");
    }
    // The limit of a client, and a message beyond it.
    expect(taken).toBeLessThan(68 * MIB);
    const other = startIngest({ from: nats.url, to: store, dataset: "fleet", maxSeconds: 3600 });
    onTestFinished(() => other.abort());
    while (edge.stats().receivedBytes < CLIENT_MIB * MIB) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      expect(end, "the end of the connection").toBe("");
    }
    await edge.close();
    socket.terminate();
    expect((await committedRows(store)).rows).toEqual(numbers(CLIENT_MIB));
    // Before its folder is removed: it is still writing.
    await nats.kill();
  });

  it("says which argument is wrong", async () => {
    const call = (options: object): Promise<unknown> => serveDataset({ dataset: "d", port: 0, ...options });
    await expect(call({})).rejects.toThrow("`from` or `to` is required");
    await expect(call({ to: "http://u:canary@a" })).rejects.toThrow(
      /^`to` must be an address such as nats(?!.*canary)/,
    );
    await expect(call({ to: "nats://a", ack: "never" })).rejects.toThrow('`ack` must be "committed" or "queued"');
    await expect(call({ to: "nats://a", bindIp: "0.0.0.0", readToken: "r" })).rejects.toThrow(
      '`writeToken` or `access` is required with `to` and `bindIp` "0.0.0.0"',
    );
    await expect(call({ to: "nats://a", dataset: "" })).rejects.toThrow("`dataset` must be the name of a dataset");
  });
});

/** The size of the streams of a server. */
async function streamBytes(nats: NatsServer): Promise<number> {
  return (await nats.monitor("jsz")).bytes as number;
}
