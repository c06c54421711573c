// Logs rows before, during and after a fault of this machine, and reports how many were logged and dropped:
// `local-faults.mjs <folder, on a small disk> <saveParts or PartsSink> <fault> <store>`.
import { closeSync, openSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { PartsSink, fsStore } from "@rerun-ts/cloud";
import * as rr from "@rerun-ts/node";
import { report } from "./lib/report.mjs";
import { logRows } from "./lib/rows.mjs";

const PHASE_ROWS = 100;
const [folder, kind, fault, store] = process.argv.slice(2);
const disk = join(folder, "..");

/** Faults: each begins, and returns what makes it worse, and what ends it. */
const FAULTS = {
  full() {
    const balloon = join(disk, "balloon");
    const file = openSync(balloon, "w");
    for (const bytes of [65_536, 4096, 1]) {
      try {
        for (;;) writeSync(file, Buffer.alloc(bytes));
      } catch {
        // There is no room for so many bytes.
      }
    }
    closeSync(file);
    return [() => {}, () => rmSync(balloon)];
  },
  descriptors() {
    const files = [];
    const take = () => {
      try {
        for (;;) files.push(openSync("/dev/null", "r"));
      } catch {
        // There are none left.
      }
    };
    take();
    return [take, () => files.forEach((file) => closeSync(file))];
  },
  removed() {
    rmSync(folder, { recursive: true });
    return [() => {}, () => {}];
  },
};

const recording = new rr.RecordingStream("faults", { recordingId: "faults", batcher: { flushNumRows: 10 } });
const warnings = [];
recording.addEventListener("warning", ({ warning }) => warnings.push(warning.message));
const options = { maxBytes: "20kB", maxSeconds: 0.2 };
if (kind === "saveParts") await recording.saveParts(folder, options);
else await recording.setSinks([new PartsSink(fsStore(store), { dataset: "fleet", spool: folder, ...options })]);
recording.log("note", new rr.TextDocument("static"), { static: true });
let row = 0;
const log = async () => {
  logRows(recording, PHASE_ROWS, row);
  row += PHASE_ROWS;
  return await recording.flush().then(
    () => true,
    () => false,
  );
};
await log();
const before = row;
const [worsen, end] = FAULTS[fault]();
// Parts end during the fault, by their size and by their age.
for (let round = 0; round < 4; round++) {
  await log();
  await sleep(300);
  worsen();
}
end();
while (!(await log())) await sleep(100);
const after = row;
await log();
const { complete, droppedRows } = await recording.flush({ ack: true });
const { state } = recording;
await recording.close();
report({ before, after, end: row, complete, droppedRows, warnings, state });
