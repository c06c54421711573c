// Click a point of a cloud in the viewer: the page shows the row of this point, which it reads from its own recording.
import { openRrd } from "@rerun-ts/reading";
import * as rr from "@rerun-ts/web";
import * as rrb from "@rerun-ts/web/blueprint";
import type { RerunViewerElement } from "@rerun-ts/web/element";
import "@rerun-ts/web/element";
import { showStatus } from "../page.ts";

const FRAMES = 60;
const POINTS = 400;
const GOLDEN_ANGLE = Math.PI * (3 - Math.sqrt(5));
const CLOUD = "/planet/stones";

const rec = new rr.RecordingStream("rerun_ts_pick");
const memory = new rr.MemorySink();
logStones();
showViewer(document.querySelector("rerun-viewer") as RerunViewerElement);
showStatus(rec);

/** Logs stones on a planet, which grow warmer frame by frame. */
function logStones(): void {
  const heights = Float32Array.from({ length: POINTS }, (_, stone) => 1 - (2 * (stone + 0.5)) / POINTS);
  const positions = Array.from(heights, (height, stone): [number, number, number] => {
    const radius = Math.sqrt(1 - height * height);
    return [radius * Math.cos(stone * GOLDEN_ANGLE), radius * Math.sin(stone * GOLDEN_ANGLE), height];
  });
  for (let frame = 0; frame < FRAMES; frame++) {
    const temperatures = heights.map((height) => 20 * height + frame / 3);
    const colors = Array.from(temperatures, (degrees) => `hsl(${220 - 5 * (degrees + 20)} 80% 55%)`);
    rec.setTime("frame", frame);
    rec.log(CLOUD, [
      new rr.Points3D(positions, { colors, radii: 0.09 }),
      new rr.AnyValues({ temperature: temperatures, mass: heights.map((height) => 3 + height) }),
    ]);
  }
}

function showViewer(viewer: RerunViewerElement): void {
  const defaultBlueprint = new rrb.Blueprint(new rrb.Spatial3DView({ origin: "/planet", lineGrid: false }), {
    collapsePanels: true,
  });
  viewer.panels = { top: "hidden" };
  viewer.timeline = "frame";
  viewer.time = FRAMES - 1;
  viewer.playing = false;
  viewer.addEventListener("ready", ({ detail: { sink } }) => void rec.setSinks([sink, memory], { defaultBlueprint }));
  viewer.addEventListener("selection", ({ detail: { items, time } }) => {
    const [item] = items;
    if (item?.kind === "entity" && item.instanceId !== undefined && time !== undefined)
      void showRow(item.entityPath, item.instanceId, Math.round(time));
  });
}

/** Shows the values of a point. */
async function showRow(entityPath: string, point: number, frame: number): Promise<void> {
  const file = await openRrd(memory.toBytes());
  const values = await file.recording().latestAt({ index: "frame", at: frame, contents: entityPath });
  const rows = Object.entries(values).map(([column, instances]): [name: string, value: string] => {
    // One radius is that of all points.
    const value: unknown = instances.get(Math.min(point, instances.length - 1));
    const name = column.slice(column.indexOf(":") + 1);
    return [name, name === "Points3D:colors" ? `#${Number(value).toString(16).padStart(8, "0")}` : textOf(value)];
  });
  const table = document.createElement("table");
  table.createCaption().textContent = `${entityPath}, point ${point}, frame ${frame}`;
  for (const cells of rows) {
    const row = table.insertRow();
    for (const text of cells) row.insertCell().textContent = text;
  }
  document.querySelector("#row")?.replaceChildren(table);
}

function textOf(value: unknown): string {
  const isVector = typeof value === "object" && value !== null && Symbol.iterator in value;
  const numbers = isVector ? Array.from(value as Iterable<number>) : [value];
  return numbers.map((number) => (typeof number === "number" ? Number(number.toPrecision(4)) : number)).join(", ");
}
