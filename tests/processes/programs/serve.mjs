// Logs and serves the recording in one of several ways: `serve.mjs <way> [<options>]`, the options as JSON.
import { randomFillSync } from "node:crypto";
import { existsSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import * as rr from "@rerun-ts/node";
import { report } from "./lib/report.mjs";
import { logRows } from "./lib/rows.mjs";

const [way, json = "{}"] = process.argv.slice(2);
/** The pause after rows of a loop that waits for a file. */
const PAUSE_MS = 5;
const { rows = 1000, file, seconds = 1, untilFile, ...options } = JSON.parse(json);
const recording = new rr.RecordingStream("serve", { recordingId: "serve" });

const WAYS = {
  /** Logs once a reader is connected, and exits at once. */
  async "calls process.exit"() {
    await serveUntilRead();
    logRows(recording, rows);
    process.exit(0);
  },
  async "throws an uncaught exception"() {
    await serveUntilRead();
    logRows(recording, rows);
    throw new Error("not caught");
  },
  async "closes the recording"() {
    await serveUntilRead();
    logRows(recording, rows);
    const { complete, droppedRows } = await recording.close();
    report({ complete, droppedRows });
  },
  /** Ends because it has nothing left to do, with an unreferenced server. */
  async "ends without closing"() {
    await serveUntilRead({ unref: true });
    logRows(recording, rows);
  },
  /** Logs for seconds without yielding, or until there is a file. */
  async "loops for seconds"() {
    await serveUntilRead();
    let logged = 0;
    for (const end = performance.now() + seconds * 1000; performance.now() < end; logged += rows) {
      logRows(recording, rows, logged);
      if (untilFile === undefined) continue;
      if (existsSync(untilFile)) break;
      // Sleeps without yielding.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS);
    }
    report({ loopEnded: Date.now(), logged });
    await recording.close();
  },
  /** Serves and saves all kinds of data. */
  async "serves and saves"() {
    const server = new rr.GrpcServerSink({ port: 0, ...options });
    await recording.setSinks([server, new rr.FileSink(file)]);
    report({ url: server.url, port: server.port });
    logRows(recording, rows);
    recording.log("fixed", new rr.Scalars(5), { static: true });
    recording.log("tensor", new rr.Tensor(randomFillSync(new Uint8Array(3_000_000))));
    await recording.flush({ ack: true });
    while (server.serverStats().readers === 0) await setTimeout(10);
    await recording.close();
  },
};

await WAYS[way]();

async function serveUntilRead(more) {
  const server = await recording.serveGrpc({ port: 0, ...options, ...more });
  report({ url: server.url, port: server.port });
  // An unreferenced server does not keep the process alive while it waits.
  while (server.stats().readers === 0) await setTimeout(10);
}
