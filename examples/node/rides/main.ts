// A service that records rides, and has each in a catalog as soon as it is finished:
//
//   rerun server
//   npm run examples -- rides --rides 5
//
// It prints the link of each ride, which opens in a viewer. `--url` names another catalog.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { connectCatalog } from "@rerun-ts/catalog";
import * as rr from "@rerun-ts/node";

const STEPS = 100;
const STEP_MS = 10;
const SPEED = 12;

const { url, rides } = parseArgs({
  options: {
    url: { type: "string", default: "rerun+http://localhost:51234" },
    rides: { type: "string", default: "3" },
  },
}).values;

using catalog = await connectCatalog(url);
const dataset = await catalog.createDataset("rides", { existOk: true });
const folder = await mkdtemp(join(tmpdir(), "rides-"));
try {
  // Several vehicles ride at the same time.
  await Promise.all(Array.from({ length: Number(rides) }, (_, vehicle) => record(vehicle)));
} finally {
  await rm(folder, { recursive: true });
}

/** Records a ride in a file, and registers it when it is complete. */
async function record(vehicle: number): Promise<void> {
  const rec = new rr.RecordingStream("rerun_ts_rides");
  const path = join(folder, `${rec.recordingId}.rrd`);
  await rec.save(path);
  await ride(rec, vehicle);
  // The file is complete once this has resolved.
  await rec.close();
  const { segmentId } = await dataset.upload(path, { key: `rides/${rec.recordingId}.rrd`, resume: true });
  await rm(path);
  console.log(dataset.segmentUrl(segmentId));
}

async function ride(rec: rr.RecordingStream, vehicle: number): Promise<void> {
  rec.sendProperty("ride", new rr.AnyValues({ vehicle }));
  const path: rr.types.Vec2Like[] = [];
  for (let step = 0; step < STEPS; step++) {
    const angle = (step / STEPS) * 2 * Math.PI;
    rec.setTime("step", step);
    rec.log("speed", new rr.Scalars(SPEED + vehicle + Math.sin(angle * (vehicle + 2))));
    path.push([Math.cos(angle) * (vehicle + 1), Math.sin(angle)]);
    rec.log("path", new rr.LineStrips2D([path]));
    await sleep(STEP_MS);
  }
}
