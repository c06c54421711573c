// Logs rows and clouds to NATS, and reports when all of them are in the store:
// `nats-producer.mjs <server> <producer> <rounds> <milliseconds of a round> [<file>]`. SIGTERM ends the rounds. The
// file gets the same data.
import { setTimeout as sleep } from "node:timers/promises";
import { NatsSink } from "@rerun-ts/storage/nats";
import * as rr from "@rerun-ts/node";
import { report } from "./lib/report.mjs";

const ROUND_ROWS = 200;
/** Rounds between two clouds, each of which is larger than a message of NATS. */
const CLOUD_ROUNDS = 8;
const CLOUD_POINTS = 100_000;

const [server, producer, rounds, roundMs, file] = process.argv.slice(2);
const recording = new rr.RecordingStream("nats", { recordingId: "shared run" });
const warnings = [];
recording.addEventListener("warning", ({ warning }) => warnings.push(warning.message));
const sink = new NatsSink(server, { dataset: "fleet", resendSeconds: 3 });
await recording.setSinks(file === undefined ? [sink] : [sink, new rr.FileSink(file)]);
recording.log(`note/${producer}`, new rr.TextDocument("static"), { static: true });
let row = 0;
let clouds = 0;
const stopped = new AbortController();
process.once("SIGTERM", () => stopped.abort());
for (let round = 0; round < Number(rounds) && !stopped.signal.aborted; round++) {
  for (const end = row + ROUND_ROWS; row < end; row++) {
    recording.setTime("row", { sequence: row });
    recording.log(`rows/${producer}`, new rr.Scalars(row * 3 + Number(producer)));
  }
  if (round % CLOUD_ROUNDS === 0) {
    const positions = Float32Array.from({ length: CLOUD_POINTS * 3 }, () => Math.random());
    recording.setTime("row", { sequence: clouds++ });
    recording.log(`clouds/${producer}`, new rr.Points3D(positions));
  }
  await recording.flush();
  report({ round, ...sink.stats() });
  await sleep(Number(roundMs));
}
let isComplete = false;
while (!isComplete) isComplete = (await recording.flush({ ack: true }).catch(() => ({ complete: false }))).complete;
const { complete, droppedRows } = await recording.close();
report({
  producer: Number(producer),
  rows: row,
  clouds,
  complete,
  droppedRows,
  reconnects: sink.stats().reconnects,
  warnings,
});
