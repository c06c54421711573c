// Logs rows and clouds in parts to a store until it is killed, or for some rounds. Reports each flushed round:
// `parts-producer.mjs <spool> <endpoint> <producer> <first row> <rounds, or "endless"> <milliseconds of a round>`.
import { setTimeout as sleep } from "node:timers/promises";
import { PartsSink, s3Store } from "@rerun-ts/cloud";
import * as rr from "@rerun-ts/node";
import { report } from "./lib/report.mjs";

const ROUND_ROWS = 100;
/** Rounds between two clouds of more than 1 MB. */
const CLOUD_ROUNDS = 8;
const CLOUD_POINTS = 100_000;

const [spool, endpoint, producer, firstRow, rounds, roundMs] = process.argv.slice(2);
const recording = new rr.RecordingStream("nats", { recordingId: "shared run" });
const store = s3Store("s3://bucket/prefix", { endpoint });
const sink = new PartsSink(store, { dataset: "fleet", spool, producer: "robot", maxBytes: "200kB", maxSeconds: 0.5 });
await recording.setSinks([sink]);
recording.log(`note/${producer}`, new rr.TextDocument("static"), { static: true });
let row = Number(firstRow);
let cloud = row;
for (let round = 0; round < (rounds === "endless" ? Infinity : Number(rounds)); round++) {
  for (const end = row + ROUND_ROWS; row < end; row++) {
    recording.setTime("row", { sequence: row });
    recording.log(`rows/${producer}`, new rr.Scalars(row * 3 + Number(producer)));
  }
  if (round % CLOUD_ROUNDS === 0) {
    recording.setTime("row", { sequence: cloud++ });
    const positions = Float32Array.from({ length: CLOUD_POINTS * 3 }, () => Math.random());
    recording.log(`clouds/${producer}`, new rr.Points3D(positions));
  }
  await recording.flush();
  report({ rows: row, clouds: cloud });
  await sleep(Number(roundMs));
}
const { complete, droppedRows } = await recording.close();
report({ rows: row, clouds: cloud, complete, droppedRows });
