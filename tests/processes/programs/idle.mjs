// Logs, and then has nothing left to do; it must end by itself: `idle.mjs <way> <file>`.
import * as rr from "@rerun-ts/node";
import { logRows } from "./lib/rows.mjs";

const [way, file] = process.argv.slice(2);
const HOUR_MS = 3_600_000;

const WAYS = {
  async "works on in a `beforeExit` listener"() {
    const recording = new rr.RecordingStream("idle");
    for (const thread of [false, true]) {
      // Two recordings, one of which sends from this thread.
      const sender = thread ? recording : new rr.RecordingStream("idle");
      await sender.setSink(new rr.GrpcSink(file, { thread }));
      process.once("beforeExit", () => setTimeout(() => logRows(sender), 50));
    }
  },
  async "loses the recording before it has a sink"() {
    for (let count = 0; count < 3; count++) logRows(new rr.RecordingStream("idle", { batcher: { flushTickMs: 1 } }));
    // Timers hold recordings whose rows are pending.
    for (let turn = 0; turn < 5; turn++) {
      await new Promise((resolve) => setTimeout(resolve, 10));
      globalThis.gc();
    }
  },
  async "logs after it has disconnected"() {
    const recording = new rr.RecordingStream("idle");
    await recording.save(file);
    logRows(recording, 1);
    await recording.disconnect();
    logRows(recording);
  },
  "only logs"() {
    logRows(new rr.RecordingStream("idle"));
  },
  "logs to memory"() {
    const recording = new rr.RecordingStream("idle");
    recording.memoryRecording();
    logRows(recording);
  },
  "logs to a stream without a reader"() {
    const recording = new rr.RecordingStream("idle");
    recording.binaryStream();
    logRows(recording);
  },
  async "logs to a file with a long flush interval"() {
    const recording = new rr.RecordingStream("idle", { batcher: { flushTickMs: HOUR_MS } });
    await recording.save(file);
    logRows(recording);
  },
  async "logs to the global recording"() {
    rr.init("idle");
    await rr.save(file);
    rr.log("rows", new rr.Scalars(1));
  },
  async "flushes with a long timeout"() {
    const recording = new rr.RecordingStream("idle");
    await recording.save(file);
    logRows(recording);
    await recording.flush({ timeoutMs: HOUR_MS, signal: AbortSignal.timeout(HOUR_MS) });
  },
  async "has installed shutdown signals"() {
    rr.installShutdownSignals();
    const recording = new rr.RecordingStream("idle");
    await recording.save(file);
    logRows(recording);
  },
};

await WAYS[way]();
