// The demo: a coloured cube of points, boxes that fly around it, and a camera that looks at it all.
//
//   npm run demo [-- FILE]
import { statSync } from "node:fs";
import { parseArgs } from "node:util";
import * as rr from "@rerun-ts/node";
import { logScene } from "./scene.ts";

const { positionals } = parseArgs({
  allowPositionals: true,
  // For machines: this program neither opens anything nor waits.
  options: { "no-open": { type: "boolean" }, exit: { type: "boolean" } },
});
const path = positionals[0] ?? "rerun-demo.rrd";

const rec = new rr.RecordingStream("rerun_ts_demo", { recordingName: "A cube and its satellites" });
await rec.save(path);

const entities = await logScene(rec, (frame, frames) => {
  if (process.stdout.isTTY) process.stdout.write(`\rlogging frame ${frame} of ${frames} `);
});

const { rows } = rec.stats();
await rec.close();

if (process.stdout.isTTY) process.stdout.write("\r");
console.log(
  `Logged ${entities} entities in ${rows} rows and wrote ${path} (${(statSync(path).size / 1e6).toFixed(1)} MB).`,
);
console.log(`
Open it with the Rerun viewer ${rr.RERUN_VERSION}:
  rerun ${path}          (pip install rerun-sdk==${rr.RERUN_VERSION}, or cargo install rerun-cli)
or drop it onto https://app.rerun.io/version/${rr.RERUN_VERSION} in a browser.`);
