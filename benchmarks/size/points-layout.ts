import { Points3D, RecordingStream, Scalars } from "@rerun-ts/web";
import { Blueprint, Horizontal, Spatial3DView, TimeSeriesView } from "@rerun-ts/web/blueprint";

const rec = new RecordingStream("small_page");
const memory = rec.memoryRecording();
const views = [new Spatial3DView({ origin: "/points" }), new TimeSeriesView({ origin: "/height" })];
rec.sendBlueprint(new Blueprint(new Horizontal(views, { columnShares: [3, 2] }), { collapsePanels: true }));
for (let frame = 0; frame < 100; frame++) {
  rec.setTime("frame", frame);
  rec.log("points", new Points3D([frame, 0, 0], { colors: "orange", radii: 0.5 }));
  rec.log("height", new Scalars(frame / 10));
}
export const bytes = memory.drainAsBytes();
