// Logs to many recordings, one for each combination of a sink and a situation, and ends in one of several ways. Reports
// the rows that each recording was to deliver and has dropped:
// `sink-ends.mjs <ending> <folder> <port of a relay> [free bytes]`. With free bytes, the disk of the folder is filled
// but for these before rows are logged. Only sinks that write to it are tried then. With `RERUN_TS_SOAK` there are more
// workers.
import { closeSync, createWriteStream, fstatSync, ftruncateSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import * as rr from "@rerun-ts/node";
import { report } from "./lib/report.mjs";

const [ending, folder, port, freeBytes] = process.argv.slice(2);
const isSoak = (process.env.RERUN_TS_SOAK ?? "") !== "";
const ROWS = isSoak ? 50 : 20;
const url = `rerun+http://127.0.0.1:${port}/proxy`;
const socketUrl = `ws://127.0.0.1:${port}/ws`;

/**
 * A GrpcSink has a worker in each situation, other sinks in one: it takes long to start one. A server in use keeps a
 * program alive that would end by itself.
 */
const hasWorker = (name, situation) => isSoak || situation === (name === "GrpcServerSink" ? "closing" : "in use");

/** Each creates the sinks of a recording. `count` gives the number of rows out of the parent's sight. */
const SINKS = {
  MemorySink: () => inMemory(),
  CallbackSink() {
    let chunks = 0;
    // Every message is a stream of its own, and the store info comes first.
    return { sinks: [new rr.CallbackSink(() => chunks++)], count: () => chunks - 1 };
  },
  FileSink: (id) => ({ sinks: [new rr.FileSink(join(folder, `${id}.rrd`))] }),
  StdoutSink: (id) => ({ sinks: [new rr.StdoutSink({}, openSync(join(folder, `${id}.rrd`), "w"))] }),
  StreamSink: (id) => ({ sinks: [new rr.StreamSink(createWriteStream(join(folder, `${id}.rrd`)))] }),
  GrpcSink: () => ({ sinks: [new rr.GrpcSink(url)] }),
  "GrpcSink without a worker": () => ({ sinks: [new rr.GrpcSink(url, { thread: false })] }),
  WebSocketSink: (_, thread) => ({ sinks: [new rr.WebSocketSink(socketUrl, { thread })] }),
  "GrpcSink in a tee": () => inTee(new rr.GrpcSink(url, { thread: false })),
  "FileSink in a tee": (id) => inTee(new rr.FileSink(join(folder, `${id}.rrd`))),
  "GrpcSink in a spool": (id, thread) => ({
    sinks: [rr.spool(new rr.GrpcSink(url, { thread }), { directory: join(folder, id) })],
  }),
  GrpcServerSink(_, thread) {
    const sink = new rr.GrpcServerSink({ port: 0, thread });
    return { sinks: [sink], count: () => Math.max(0, sink.serverStats().receivedMessages - 1) };
  },
  "WebSocketSink in a spool in a tee": (id) =>
    inTee(rr.spool(new rr.WebSocketSink(socketUrl, { thread: false }), { directory: join(folder, id) })),
  "GrpcSink that `spawn` sets": () => ({ sinks: undefined }),
  "GrpcSink and WebSocketSink": () => ({
    sinks: [new rr.GrpcSink(url, { thread: false }), new rr.WebSocketSink(socketUrl, { thread: false })],
  }),
};

function inMemory() {
  const sink = new rr.MemorySink();
  return { sinks: [sink], count: () => Math.max(0, sink.numMessages - 1) };
}

function inTee(sink) {
  const memory = new rr.MemorySink();
  return { sinks: [rr.tee([sink, memory])], size: 2, count: () => Math.max(0, memory.numMessages - 1) };
}

/** Sinks for another destination in the same place, which they wait for. */
const SUCCESSORS = {
  "GrpcSink in a spool": (id) => rr.spool(new rr.WebSocketSink(socketUrl), { directory: join(folder, id) }),
};

/** The sinks that write to the disk: a full disk does not matter to other sinks. */
const ON_DISK = /^(?:FileSink|StdoutSink|StreamSink)|in a spool/;

const SITUATIONS = ["in use", "replaced", "replaced in its place", "disconnected", "closing"];

const trials = [];
for (const [name, create] of Object.entries(SINKS)) {
  if (freeBytes !== undefined && !ON_DISK.test(name)) continue;
  for (const situation of SITUATIONS) {
    const succeed = SUCCESSORS[name];
    if (situation === "replaced in its place" && succeed === undefined) continue;
    // A server keeps the process alive until it is closed.
    if (name === "GrpcServerSink" && situation === "in use" && ending === "ends by itself") continue;
    const id = `${name} ${situation}`.replaceAll(/\W+/g, "-");
    // Standard output is one destination, whatever the file.
    const recording = new rr.RecordingStream("ends", {
      recordingId: id,
      sendProperties: false,
      batcher: { flushNumRows: 0 },
      onWarning() {},
      onError() {},
    });
    const { sinks, size = sinks?.length ?? 1, count = () => 0 } = create(id, hasWorker(name, situation));
    const trial = { id, recording, owed: 0, dropped: 0, counts: [count] };
    recording.addEventListener("drop", ({ rows }) => (trial.dropped += rows));
    trials.push({ ...trial, trial, situation, size, succeed });
    if (sinks === undefined) await recording.spawn({ port: Number(port) });
    else await recording.setSinks(sinks);
  }
}

function fillDisk(free) {
  const fd = openSync(join(folder, "filler"), "a");
  try {
    for (;;) writeSync(fd, new Uint8Array(64 * 1024));
  } catch {
    ftruncateSync(fd, Math.max(0, fstatSync(fd).size - free));
  }
  closeSync(fd);
}

function log(recording, trial, size) {
  for (let row = 0; row < ROWS; row++) recording.log("row", new rr.Scalars(row));
  trial.owed += ROWS * size;
}

if (freeBytes !== undefined) fillDisk(Number(freeBytes));
for (const { id, recording, trial, situation, size, succeed } of trials) {
  log(recording, trial, size);
  if (situation === "replaced") {
    const { sinks, count } = inMemory();
    trial.counts.push(count);
    void recording.setSinks(sinks);
    log(recording, trial, 1);
  } else if (situation === "replaced in its place") {
    void recording.setSink(succeed(id));
    log(recording, trial, 1);
  } else if (situation === "disconnected") {
    void recording.disconnect();
    log(recording, trial, 1);
  } else if (situation === "closing") {
    void recording.close();
  }
}

process.on("exit", () => {
  for (const { recording, trial } of trials) {
    const counted = recording.stats().droppedRows;
    const here = trial.counts.reduce((sum, count) => sum + count(), 0);
    report({ id: trial.id, owed: trial.owed, dropped: trial.dropped, counted, here });
  }
});

const ENDINGS = {
  "ends by itself"() {},
  "calls process.exit"() {
    process.exit(0);
  },
  "throws an uncaught exception"() {
    throw new Error("not caught");
  },
  "receives SIGTERM"() {
    rr.installShutdownSignals();
    setTimeout(() => {}, 60_000);
    process.kill(process.pid, "SIGTERM");
  },
};
ENDINGS[ending]();
