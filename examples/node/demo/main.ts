// The demo: a coloured cube of points, boxes that fly around it, and a camera that watches. It is saved to a file, and
// served to viewers while it is logged and until you press Ctrl-C; the web viewer opens in your browser.
//
//   npm run demo [-- FILE]         --no-open: do not open a browser; --exit: exit when everything is logged
//   npm run demo -- --spawn        send to the native viewer instead; also --connect, --url URL, --stdout
import { setUpExample } from "../save-scene.ts";
import { layout } from "./layout.ts";
import { logScene } from "./scene.ts";
import { serveExample } from "./serve.ts";

const example = await setUpExample("demo", { recordingName: "A cube and its satellites", defaultBlueprint: layout });
const served = await serveExample(example);

const entities = await logScene(example.rec, (frame, frames) => {
  if (process.stderr.isTTY) process.stderr.write(`\rlogging frame ${frame} of ${frames} `);
});
if (process.stderr.isTTY) process.stderr.write("\r");

await served.untilInterrupted();
await example.finish(`${entities} entities in ${example.rec.stats().rows} rows`);
await served.close();
