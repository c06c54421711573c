// A motor that follows a wish, with a PID controller whose gains people change while it runs:
//
//   npm run examples -- pid
//
// Open the printed URL: the curves are beside three sliders. The recording has each change beside the error.
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { button, openControls, slider } from "@rerun-ts/controls";
import * as rr from "@rerun-ts/node";
import { layout } from "./layout.ts";

const STEP_SECONDS = 0.02;
const WISH_SECONDS = 4;

const { values } = parseArgs({
  allowPositionals: true,
  options: {
    port: { type: "string", default: "0" },
    // A file instead of the page, and the number of steps.
    save: { type: "string" },
    steps: { type: "string", default: "Infinity" },
    exit: { type: "boolean" },
  },
});
const steps = values.exit === true ? 50 : Number(values.steps);

const rec = new rr.RecordingStream("rerun_ts_pid");
if (values.save === undefined) await rec.serveGrpc({ port: Number(values.port) });
else await rec.save(values.save);
rec.sendBlueprint(layout);

let [angle, speed, sum, lastError] = [0, 0, 0, 0];
const ui = await openControls(
  rec,
  {
    p: slider({ min: 0, max: 40, step: 0.1, value: 8, label: "P: pull to the wish" }),
    i: slider({ min: 0, max: 20, step: 0.1, value: 0.5, label: "I: remove what stays" }),
    d: slider({ min: 0, max: 10, step: 0.1, value: 1, label: "D: brake" }),
    reset: button({ label: "Back to zero", key: "KeyR" }),
  },
  { page: values.exit !== true },
);
ui.on("i", () => void (sum = 0));
ui.on("reset", () => void ([angle, speed, sum] = [0, 0, 0]));
console.log(ui.url ?? `Controls at ${ui.relayUrl}, token ${ui.tokens.panel}`);

for (let step = 0; step < steps; step++) {
  rec.setTime("step", step);
  const wish = Math.floor((step * STEP_SECONDS) / WISH_SECONDS) % 2 === 0 ? 1 : -1;
  const error = wish - angle;
  sum += error * STEP_SECONDS;
  const { p, i, d } = ui.values;
  const force = p * error + i * sum + (d * (error - lastError)) / STEP_SECONDS;
  lastError = error;
  speed += (force - speed) * STEP_SECONDS;
  angle += speed * STEP_SECONDS;
  rec.log("wish", new rr.Scalars(wish));
  rec.log("angle", new rr.Scalars(angle));
  rec.log("error", new rr.Scalars(error));
  await sleep(STEP_SECONDS * 1000);
}
await ui.close();
await rec.close();
