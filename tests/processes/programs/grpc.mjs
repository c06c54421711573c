// Logs to a server over gRPC in one of several ways: `grpc.mjs <way> <url> [<options>]`, the options as JSON.
import { randomFillSync } from "node:crypto";
import { existsSync, writeFileSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import { GrpcWebSink } from "@rerun-ts/core";
import * as rr from "@rerun-ts/node";
import { report } from "./lib/report.mjs";
import { logRows } from "./lib/rows.mjs";

const [way, url, json = "{}"] = process.argv.slice(2);
const { rows = 1000, pauseMs = 10, file, memoryFile, untilFile, seconds, sink, ...options } = JSON.parse(json);
const BURSTS = 100;
const CLOSE_MS = 60_000;
const TENSOR_BYTES = 100_000;

const recording = new rr.RecordingStream("grpc", { recordingId: "grpc" });

const WAYS = {
  /** Reports the number of logged rows after each burst. */
  /** The last burst may have to wait for the test. */
  async "logs in bursts"() {
    if (sink === "GrpcWebSink") await recording.setSink(new GrpcWebSink(url, options));
    else if (url.startsWith("ws")) await recording.connectWebSocket(url, options);
    else await recording.connectGrpc(url, options);
    for (let burst = 0; burst < BURSTS; burst++) {
      if (burst === BURSTS - 1 && untilFile !== undefined) await fileExists();
      logRows(recording, rows / BURSTS, (burst * rows) / BURSTS);
      report({ rows: ((burst + 1) * rows) / BURSTS });
      await setTimeout(pauseMs);
    }
    await reportClose({ timeoutMs: CLOSE_MS });
  },
  /** Logs incompressible data in each burst, so that there are enough bytes for faults. */
  async "logs until a file is there"() {
    const troubles = new Set();
    recording.addEventListener("statechange", ({ error }) => error !== undefined && troubles.add(error.message));
    await recording.connectGrpc(url, options);
    let logged = 0;
    do {
      logRows(recording, rows, logged);
      logged += rows;
      recording.log("tensor", new rr.Tensor(randomBytes(TENSOR_BYTES)));
      await setTimeout(pauseMs);
    } while (!existsSync(untilFile));
    report({ logged });
    logRows(recording, rows, logged);
    await reportClose({ timeoutMs: CLOSE_MS });
    report({ troubles: [...troubles] });
  },
  async "logs to a server, a file and memory"() {
    const memory = new rr.MemorySink();
    await recording.setSinks([new rr.GrpcSink(url, options), new rr.FileSink(file), memory]);
    logRows(recording, rows);
    recording.log("fixed", new rr.Scalars(5), { static: true });
    recording.log("tensor", new rr.Tensor(randomBytes(TENSOR_BYTES)));
    await recording.flush({ ack: true });
    writeFileSync(memoryFile, memory.toBytes());
    await reportClose();
  },
  async "ends without closing"() {
    await recording.connectGrpc(url, options);
    logRows(recording, rows);
  },
  /** With a recording for each server. The URLs are separated by spaces. */
  async "ends without closing any of several"() {
    for (const one of url.split(" ")) {
      const rec = new rr.RecordingStream("grpc", { recordingId: one });
      await rec.connectGrpc(one, options);
      logRows(rec, rows);
    }
  },
  "ends without awaiting anything"() {
    void recording.connectGrpc(url, options);
    logRows(recording, rows);
  },
  async "closes the recording"() {
    await recording.connectGrpc(url, options);
    logRows(recording, rows);
    await reportClose();
  },
  "calls process.exit after a loop"() {
    void recording.connectGrpc(url, options);
    logRows(recording, rows);
    process.exit(0);
  },
  async "throws an uncaught exception"() {
    await recording.connectGrpc(url, options);
    logRows(recording, rows);
    throw new Error("not caught");
  },
  /** Logs for seconds without yielding; reports the logged rows with their times. */
  async "loops for seconds"() {
    await recording.connectGrpc(url, options);
    const end = performance.now() + seconds * 1000;
    let logged = 0;
    for (; performance.now() < end; logged += rows) {
      logRows(recording, rows, logged);
      if (untilFile === undefined) continue;
      if (existsSync(untilFile)) break;
      // Sleeps without yielding.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pauseMs);
    }
    report({ loopEnded: Date.now(), logged });
    await reportClose({ timeoutMs: CLOSE_MS });
  },
  /** Logs more than fits into the queue, to a server that reads nothing. */
  async "fills the queue"() {
    await recording.connectGrpc(url, { ...options, waitForConnection: true });
    for (let row = 0; row < rows; row++) recording.log("tensor", new rr.Tensor(randomBytes(TENSOR_BYTES)));
    await reportClose({ timeoutMs: 100 });
  },
  async "flushes with `ack`"() {
    await recording.connectGrpc(url, options);
    logRows(recording, rows);
    report(await recording.flush({ ack: true }).then(({ complete }) => ({ complete }), describe));
    report({ state: recording.state, lastError: describe(recording.stats().sinks[0].lastError) });
  },
  /** With a recording for each server, all at the same time. The URLs are separated by spaces. */
  async "flushes to each of several servers with `ack`"() {
    const flushes = url.split(" ").map(async (one) => {
      const rec = new rr.RecordingStream("grpc", { recordingId: one });
      await rec.connectGrpc(one, options);
      logRows(rec, rows);
      const flushed = await rec.flush({ ack: true }).then(({ complete }) => ({ complete }), describe);
      return { url: one, flushed, state: rec.state, lastError: describe(rec.stats().sinks[0].lastError) };
    });
    for (const one of flushes) report(await one);
  },
  /** For servers that are not trusted, or do not exist. */
  async "waits for the connection"() {
    await recording.connectGrpc(url, { ...options, waitForConnection: true, timeoutMs: 1000 }).catch((error) => {
      report({ rejected: describe(error), cause: describe(error.cause) });
      process.exit(0);
    });
    logRows(recording, rows);
    await reportClose();
  },
};

await WAYS[way]();

async function reportClose(closeOptions) {
  const result = await recording.close(closeOptions).catch(describe);
  const { complete, pendingBytes, droppedRows, code, message } = result;
  report({ complete, pendingBytes, droppedRows, code, message });
}

function describe(error) {
  return error && { code: error.code, message: error.message };
}

function randomBytes(size) {
  return randomFillSync(new Uint8Array(size));
}

async function fileExists() {
  while (!existsSync(untilFile)) await setTimeout(pauseMs);
}
