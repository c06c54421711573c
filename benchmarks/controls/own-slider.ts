// A slider of this SDK: prints each value that its handler receives, and when, in milliseconds.
import { openControls, slider } from "@rerun-ts/controls";
import * as rr from "@rerun-ts/node";

const rec = new rr.RecordingStream("slider");
await rec.serveGrpc({ port: 0 });
const assets = process.argv[2];
const ui = await openControls(
  rec,
  { gain: slider({ min: 0, max: 10_000, step: 1 }) },
  assets === undefined ? {} : { assets },
);
ui.on("gain", (gain) => console.log(gain, performance.timeOrigin + performance.now()));
console.log(ui.url);
