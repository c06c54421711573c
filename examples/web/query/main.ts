// Charts of what a page logs, while it logs it: a live query of the page's own recording, drawn with Observable Plot,
// and summed up with Arquero. The same recording goes to a viewer.
import { openLive } from "@rerun-ts/reading";
import * as rr from "@rerun-ts/web";
import * as Plot from "@observablehq/plot";
import { tableToIPC, type Table } from "apache-arrow";
import { desc, fromArrow, op } from "arquero";
import { serverUrl, showStatus } from "../page.ts";

const ROBOTS = ["amber", "blue", "coral"] as const;
const STEP_MS = 20;
/** How much of the recording the chart shows. */
const WINDOW_STEPS = 400;

/** The entities, for logging and for reading. */
const tree = rr.defineTree({ robots: { [rr.any]: { speed: rr.Scalars } } });

const rec = new rr.RecordingStream("rerun_ts_query");
const { robots } = tree.on(rec);
const memory = new rr.MemorySink({ maxBytes: 50e6 });
await rec.setSinks([memory, new rr.GrpcSink(serverUrl)]);
showStatus(rec);
let step = 0;
setInterval(logStep, STEP_MS);

const live = await openLive(memory);
const query = live.query({ index: "step", columns: ROBOTS.map(columnOf), fillLatestAt: true });
for await (const table of query.subscribe({ intervalMs: 200 })) {
  if (table.numRows === 0) continue;
  await drawChart();
  drawSummary(table);
}

function logStep(): void {
  rec.setTime("step", step);
  for (const [index, robot] of ROBOTS.entries()) {
    // Robots that report at different times.
    if (step % (index + 1) > 0) continue;
    const speed = 1 + index / 2 + Math.sin(step / (20 + 15 * index)) + Math.random() / 10;
    robots.child(robot).speed.log(new rr.Scalars(speed));
  }
  step++;
}

function columnOf(robot: string): string {
  return `/robots/${robot}/speed:Scalars:scalars`;
}

async function drawChart(): Promise<void> {
  const range = { from: step - WINDOW_STEPS };
  const points: { readonly robot: string; readonly step: number; readonly speed: number | null }[] = [];
  for await (const { time, values } of live.rows(tree.robots, {
    index: "step",
    time: Number,
    instance: 0,
    fillLatestAt: true,
    range,
  })) {
    for (const robot of ROBOTS) points.push({ robot, step: time, speed: values[robot]?.speed.scalars ?? null });
  }
  document.querySelector("#chart")?.replaceChildren(
    Plot.plot({
      width: 640,
      height: 240,
      y: { label: "speed (m/s)", grid: true, domain: [0, 3.5] },
      color: { legend: true, domain: [...ROBOTS], range: ["#e0a000", "#2060a0", "#e05040"] },
      marks: [Plot.lineY(points, { x: "step", y: "speed", z: "robot", stroke: "robot" })],
    }),
  );
}

function drawSummary(table: Table): void {
  // A cell is the list of a component's instances: the first one is the speed.
  const first = Object.fromEntries(
    ROBOTS.map((robot) => [
      robot,
      `d => d[${JSON.stringify(columnOf(robot))}] ? d[${JSON.stringify(columnOf(robot))}][0] : null`,
    ]),
  );
  const summary = fromArrow(tableToIPC(table))
    .derive(first)
    .fold([...ROBOTS], { as: ["robot", "speed"] })
    .groupby("robot")
    .rollup({ mean: op.mean("speed"), fastest: op.max("speed") })
    .orderby(desc("mean"));
  const element = document.querySelector("#summary");
  if (element) element.outerHTML = summary.toHTML({ limit: ROBOTS.length }).replace("<table>", '<table id="summary">');
}
