// The demo: a coloured cube of points, boxes that fly around it, and a camera that looks at it all.
//
//   npm run demo [-- FILE]
//   npm run demo -- --spawn        straight into the viewer; also --connect, --url URL, --stdout
import { setUpExample } from "../save-scene.ts";
import { logScene } from "./scene.ts";

const { rec, finish } = await setUpExample("demo", { recordingName: "A cube and its satellites" });

const entities = await logScene(rec, (frame, frames) => {
  if (process.stderr.isTTY) process.stderr.write(`\rlogging frame ${frame} of ${frames} `);
});
if (process.stderr.isTTY) process.stderr.write("\r");

await finish(`${entities} entities in ${rec.stats().rows} rows`);
