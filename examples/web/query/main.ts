// Charts of what a page logs, while it logs it: a live query of the page's own recording, drawn with Observable Plot,
// and summed up with Arquero. The same recording goes to a viewer.
import { openLive } from "@rerun-ts/arrow";
import * as rr from "@rerun-ts/web";
import * as Plot from "@observablehq/plot";
import { tableToIPC, type Table } from "apache-arrow";
import { desc, fromArrow, op } from "arquero";
import { serverUrl, showStatus } from "../page.ts";

const ROBOTS = ["amber", "blue", "coral"] as const;
const STEP_MS = 20;
/** How much of the recording the chart shows. */
const WINDOW_STEPS = 400;

const rec = new rr.RecordingStream("rerun_ts_query");
const memory = new rr.MemorySink({ maxBytes: 50e6 });
await rec.setSinks([memory, new rr.GrpcSink(serverUrl)]);
showStatus(rec);
let step = 0;
setInterval(logStep, STEP_MS);

const live = await openLive(memory);
const query = live.query({ index: "step", columns: ROBOTS.map(columnOf), fillLatestAt: true });
for await (const table of query.subscribe({ intervalMs: 200 })) {
  if (table.numRows === 0) continue;
  drawChart(table.slice(Math.max(0, table.numRows - WINDOW_STEPS)));
  drawSummary(table);
}

function logStep(): void {
  rec.setTime("step", step);
  for (const [index, robot] of ROBOTS.entries()) {
    // Robots that report at different times.
    if (step % (index + 1) > 0) continue;
    const speed = 1 + index / 2 + Math.sin(step / (20 + 15 * index)) + Math.random() / 10;
    rec.log(`robots/${robot}/speed`, new rr.Scalars(speed));
  }
  step++;
}

function columnOf(robot: string): string {
  return `/robots/${robot}/speed:Scalars:scalars`;
}

function drawChart(table: Table): void {
  const steps = table.getChild("step")?.toArray() as BigInt64Array;
  const points = ROBOTS.flatMap((robot) => {
    const speeds = table.getChild(columnOf(robot));
    return Array.from(steps, (at, row) => ({ robot, step: Number(at), speed: speeds?.get(row)?.get(0) as number }));
  });
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
