// Logs the same data in many ways: `ways.js OPTIONS`, the options as JSON. Reports on standard output, one JSON object a
// line.
import { writeFileSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import { GrpcWebSink } from "@rerun-ts/core";
import * as rr from "@rerun-ts/node";
import { newRecording, record } from "./record.js";

const { name, folder, server, relay, isStdout = false } = JSON.parse(process.argv[2]);
const socket = relay?.replace("rerun+http:", "ws:").replace("/proxy", "/ws");

if (isStdout) await toStandardOutput();
else await inAllWays();

async function toStandardOutput() {
  const rec = newRecording(rr, name);
  await rec.stdout();
  record(rr, rec);
  await rec.close();
}

async function inAllWays() {
  await log("to a file", (rec, file) => rec.save(file));
  await log("to memory", async (rec, file) => {
    const memory = rec.memoryRecording();
    return () => writeFileSync(file, memory.drainAsBytes());
  });
  await log("to a stream", async (rec, file) => {
    const stream = rec.binaryStream();
    return async () => writeFileSync(file, await stream.read());
  });
  const senders = {
    "over gRPC": (url) => new rr.GrpcSink(url),
    "over gRPC, in the calling thread,": (url) => new rr.GrpcSink(url, { thread: false }),
    "over gRPC-web": (url) => new GrpcWebSink(url),
  };
  for (const [way, makeSink] of Object.entries(senders)) {
    await log(`${way} to Rerun's server`, (rec) => rec.setSink(makeSink(server)));
    await log(`${way} to a relay`, (rec) => rec.setSink(makeSink(relay)));
  }
  await log("over a WebSocket to a relay", (rec) => rec.connectWebSocket(socket));
  await log("over a WebSocket, in the calling thread, to a relay", (rec) =>
    rec.connectWebSocket(socket, { thread: false }),
  );
  await log("to its readers", (rec) => serve(rec, {}));
  await log("to its readers, in the calling thread", (rec) => serve(rec, { thread: false }));
}

/** Logs to a recording. What `connect` returns is called when everything has been logged. */
async function log(way, connect) {
  const rec = newRecording(rr, `${name} ${way}.`);
  const warnings = [];
  rec.addEventListener("warning", ({ warning }) => warnings.push(warning.message));
  const finish = await connect(rec, `${folder}/${way}.rrd`);
  record(rr, rec);
  if (typeof finish === "function") {
    await rec.flush();
    await finish();
  }
  const { complete, droppedRows } = await rec.close();
  report({ way, complete, droppedRows, warnings });
}

async function serve(rec, options) {
  const { url, stats } = await rec.serveGrpc({ port: 0, ...options });
  report({ url });
  while (stats().readers === 0) await setTimeout(10);
}

function report(value) {
  console.log(JSON.stringify(value));
}
