// A crane that records its last minute, and writes it as a page when something fails:
//
//   npm run examples -- incident
//
// Open incident.html in a browser, or send it to somebody: the viewer is in it.
import { writeFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import * as rr from "@rerun-ts/node";
import { layout } from "./layout.ts";

const STEPS = 200;
const STEP_MS = 10;
const FAILING_STEP = 150;
const MAX_TONNES = 3;

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    // The folder with the files of the viewer. By default, the SDK finds or downloads them.
    "viewer-files": { type: "string", default: "auto" },
    exit: { type: "boolean" },
  },
});
const path = positionals[0] ?? "incident.html";

const rec = new rr.RecordingStream("rerun_ts_incident");
const box = new rr.FlightRecorder({ seconds: 60, after: 0.2 });
await rec.setSinks([box]);
rec.sendBlueprint(layout);
const restore = rr.captureConsole(rec);
box.captureErrors();

let step = 0;
box.on("dump", async ({ rrd, reason }) => {
  const page = await rr.viewer.recordingToHtml(rrd, {
    title: reason,
    // Without this option, the viewer plays the recording from its beginning.
    at: `step@${step}`,
    viewerFiles: values["viewer-files"],
  });
  await writeFile(path, page.stream());
  console.log(`Wrote ${path} (${(page.size / 1e6).toFixed(1)} MB).`);
});

rec.log("crane/ground", new rr.Boxes3D({ halfSizes: [[4, 4, 0.05]], colors: ["gray"], fillMode: "Solid" }), {
  static: true,
});
rec.log("crane/load", new rr.Boxes3D({ halfSizes: [[0.5, 0.5, 0.5]], colors: ["orange"], fillMode: "Solid" }), {
  static: true,
});
for (; step < STEPS; step++) {
  rec.setTime("step", step);
  try {
    lift();
  } catch (error) {
    // The program goes on, and has time to write the page: an error that nobody catches would end it.
    console.error(error);
    break;
  }
  await sleep(STEP_MS);
}
restore();
// Waits until the page is written.
// Making the page takes seconds.
await rec.close({ timeoutMs: 60_000 });

/** Lifts the load a bit. @throws if it is too heavy */
function lift(): void {
  const height = step / 50;
  const tonnes = 2 + Math.sin(step / 5) / 10 + (step >= FAILING_STEP ? 2 : 0);
  rec.log("crane/load", new rr.Transform3D({ translation: [0, 0, height] }));
  rec.log(
    "crane/rope",
    new rr.LineStrips3D(
      [
        [
          [0, 0, height],
          [0, 0, 5],
        ],
      ],
      { radii: 0.03 },
    ),
  );
  rec.log("weight", new rr.Scalars(tonnes));
  if (step % 50 === 0) console.info("The load is at %d m.", height);
  if (tonnes > MAX_TONNES) throw new Error(`the load has ${tonnes.toFixed(1)} t, more than ${MAX_TONNES} t`);
}
