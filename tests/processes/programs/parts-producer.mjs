// Logs rows and clouds in parts to a store until it is killed, or for some rounds. Reports each round:
// `parts-producer.mjs <spool> <endpoint, or folder> <producer> <first row> <rounds, or "endless"> <ms of a round>`.
import { setTimeout as sleep } from "node:timers/promises";
import { PartsSink, fsStore, s3Store } from "@rerun-ts/storage";
import * as rr from "@rerun-ts/node";
import { report } from "./lib/report.mjs";

const ROUND_ROWS = 100;
/** Rounds between two clouds of more than 1 MB. */
const CLOUD_ROUNDS = 8;
const CLOUD_POINTS = 100_000;

const [spool, place, producer, firstRow, rounds, roundMs] = process.argv.slice(2);
const recording = new rr.RecordingStream("nats", { recordingId: "shared run" });
recording.addEventListener("error", () => {});
const store = place.startsWith("/") ? fsStore(place) : s3Store("s3://bucket/prefix", { endpoint: place });
const sink = new PartsSink(store, { dataset: "fleet", spool, producer: "robot", maxBytes: "200kB", maxSeconds: 0.5 });
await recording.setSinks([sink]);
recording.log(`note/${producer}`, new rr.TextDocument("static"), { static: true });
let row = Number(firstRow);
let cloud = row;
/** The rounds that are not certainly stored, by `flush`: the first row and cloud of each, and the next ones. */
const unsure = [];
/** The longest time in which parts waited, none was sent, and `uploads` told of no problem. */
let untoldMs = 0;
let quiet = { since: performance.now(), sentParts: 0 };
for (let round = 0; round < (rounds === "endless" ? Infinity : Number(rounds)); round++) {
  const from = { row, cloud };
  for (const end = row + ROUND_ROWS; row < end; row++) {
    recording.setTime("row", { sequence: row });
    recording.log(`rows/${producer}`, new rr.Scalars(row * 3 + Number(producer)));
  }
  if (round % CLOUD_ROUNDS === 0) {
    recording.setTime("row", { sequence: cloud++ });
    const positions = Float32Array.from({ length: CLOUD_POINTS * 3 }, () => Math.random());
    recording.log(`clouds/${producer}`, new rr.Points3D(positions));
  }
  const { complete } = await recording.flush().catch(() => ({ complete: false }));
  if (!complete) unsure.push([from, { row, cloud }]);
  const { pendingParts, sentParts, problem } = sink.uploads;
  const isQuiet = pendingParts > 0 && problem === undefined && sentParts === quiet.sentParts;
  if (!isQuiet) quiet = { since: performance.now(), sentParts };
  untoldMs = Math.max(untoldMs, performance.now() - quiet.since);
  report({ rows: row, clouds: cloud, unsure, untoldMs });
  await sleep(Number(roundMs));
}
const { complete, droppedRows } = await recording.close();
report({ rows: row, clouds: cloud, unsure, untoldMs, complete, droppedRows });
