// The same numbers as markers instead of a line.
import * as rr from "@rerun-ts/web";

const rec = new rr.RecordingStream("series_points");
const style = { markers: "Diamond", markerSizes: 6, colors: "crimson", names: "hits" } as const;
rec.log("hits", new rr.SeriesPoints(style), { static: true });
for (let step = 0; step < 40; step++) {
  rec.setTime("step", step);
  rec.log("hits", new rr.Scalars(Math.sin(step / 5) * Math.exp(-step / 30)));
}
