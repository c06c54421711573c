// One entity for each archetype of data of Rerun.
//
//   npm run examples -- archetypes
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import * as rr from "@rerun-ts/node";
import { logEveryArchetype } from "./scene.ts";

// For machines: this program neither opens anything nor waits.
const { positionals } = parseArgs({ allowPositionals: true, options: { exit: { type: "boolean" } } });
const path = positionals[0] ?? "rerun-archetypes.rrd";
const read = (name: string): Uint8Array => readFileSync(new URL(`../../assets/${name}`, import.meta.url));

const rec = new rr.RecordingStream("rerun_ts_archetypes", { recordingName: "Every archetype", strict: true });
await rec.save(path);
rec.setTime("time", { duration: 0 });
const assets = {
  clip: read("clip.mp4"),
  keyframe: read("keyframe.obu"),
  picture: read("picture.jpg"),
  depth: read("depth.png"),
};
const places = logEveryArchetype(rec, assets);
await rec.close();

console.log(`Logged ${places.size} archetypes and wrote ${path}.

Open it with the Rerun viewer ${rr.RERUN_VERSION}:
  rerun ${path}`);
