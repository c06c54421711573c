// A network that learns, with a learning rate that people change meanwhile, and a button that ends the training:
//
//   npm run examples -- training
//
// Open the printed URL: the loss is beside the controls. The recording has each change beside the loss.
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { button, openControls, slider } from "@rerun-ts/controls";
import * as rr from "@rerun-ts/node";
import { layout } from "./layout.ts";
import { Network, spirals } from "./network.ts";

const IMAGE_SIZE = 40;
/** Images are larger than numbers, so only every 20th epoch has one. */
const IMAGE_EVERY = 20;
const PAUSE_MS = 5;

const { values } = parseArgs({
  allowPositionals: true,
  options: {
    port: { type: "string", default: "0" },
    // A file instead of the page.
    save: { type: "string" },
    epochs: { type: "string" },
    exit: { type: "boolean" },
  },
});
const epochs = Number(values.epochs ?? (values.exit === true ? 200 : Infinity));

const rec = new rr.RecordingStream("rerun_ts_training");
if (values.save === undefined) await rec.serveGrpc({ port: Number(values.port) });
else await rec.save(values.save);
rec.sendBlueprint(layout);

const ui = await openControls(
  rec,
  {
    learningRate: slider({ min: 0, max: 2, step: 0.01, value: 0.1, label: "Learning rate" }),
    stop: button({ label: "Stop the training", confirm: true }),
  },
  { page: values.exit !== true },
);
const end = new AbortController();
ui.on("stop", () => end.abort());
console.log(ui.url ?? `Controls at ${ui.relayUrl}, token ${ui.tokens.panel}`);

const samples = spirals(200);
const network = new Network(randomNumbers(7));
rec.log("answers/samples", samplesAsPoints(), { static: true });
for (let epoch = 0; epoch < epochs && !end.signal.aborted; epoch++) {
  rec.setTime("epoch", epoch);
  rec.log("loss", new rr.Scalars(network.train(samples, ui.values.learningRate)));
  if (epoch % IMAGE_EVERY === 0) rec.log("answers", imageOfAnswers());
  // Controls arrive between two epochs.
  await sleep(PAUSE_MS);
}
const right = samples.filter(({ place, spiral }) => Math.round(network.answer(place)) === spiral).length;
console.log(`${right} of ${samples.length} points are on the right spiral`);
await ui.close();
await rec.close();

function samplesAsPoints(): rr.Points2D {
  const positions = samples.map(({ place: [x, y] }): [number, number] => [toPixel(x), toPixel(y)]);
  const colors = samples.map(({ spiral }) => (spiral === 1 ? "orange" : "deepskyblue"));
  return new rr.Points2D(positions, { colors, radii: 0.4 });
}

/** The answer of the network everywhere: black for the one spiral, white for the other one. */
function imageOfAnswers(): rr.Image {
  const data = Uint8Array.from({ length: IMAGE_SIZE ** 2 }, (_, at) => {
    const [x, y] = [at % IMAGE_SIZE, Math.floor(at / IMAGE_SIZE)].map(
      (pixel) => ((pixel + 0.5) / IMAGE_SIZE) * 2.4 - 1.2,
    );
    return 255 * network.answer([x ?? 0, y ?? 0]);
  });
  return new rr.Image({ data, width: IMAGE_SIZE, height: IMAGE_SIZE, colorModel: "L" });
}

function toPixel(coordinate: number): number {
  return ((coordinate + 1.2) / 2.4) * IMAGE_SIZE;
}

/** The same numbers from 0 to 1 at each start, so that two trainings differ by their learning rates alone. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
}
