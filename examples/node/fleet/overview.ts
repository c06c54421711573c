import type { DatasetEntry } from "@rerun-ts/catalog";
import * as rr from "@rerun-ts/node";
import * as rrb from "@rerun-ts/node/blueprint";

const COLUMNS = {
  step: ["step", Number],
  place: ["/place", rr.Points2D.positions, 0],
  battery: ["/battery", rr.Scalars.scalars, 0],
} as const;

/** Asks the catalog for the ways and the batteries of all recordings, and logs them as one recording. */
export async function logOverview(dataset: DatasetEntry, rec: rr.RecordingStream): Promise<number> {
  rec.sendBlueprint(
    new rrb.Blueprint(
      new rrb.Horizontal([
        new rrb.Spatial2DView({ origin: "/ways", name: "The ways of all robots" }),
        new rrb.TimeSeriesView({ origin: "/batteries", name: "Batteries" }),
      ]),
      new rrb.TimePanel({ timeline: "step", state: "Collapsed" }),
      { collapsePanels: true },
    ),
  );
  const ways = new Map<string, rr.types.Vec2Like[]>();
  let rows = 0;
  const query = dataset.query({ index: "step", contents: ["/place", "/battery"] });
  for await (const { segmentId, step, place, battery } of query.rows(COLUMNS)) {
    rows++;
    rec.setTime("step", step);
    if (battery !== null && battery !== undefined) rec.log(`batteries/${segmentId}`, new rr.Scalars(battery));
    if (place === null || place === undefined) continue;
    const way = ways.get(segmentId) ?? [];
    ways.set(segmentId, way);
    way.push([place[0] ?? 0, place[1] ?? 0]);
  }
  for (const [segmentId, way] of ways) rec.log(`ways/${segmentId}`, new rr.LineStrips2D([way]), { static: true });
  return rows;
}
