// The style of a curve is static data of its entity.
import * as rr from "@rerun-ts/web";

const rec = new rr.RecordingStream("series_lines");
rec.log("speed", new rr.SeriesLines({ colors: "orange", names: "speed in m/s", widths: 4 }), { static: true });
for (let step = 0; step < 200; step++) {
  rec.setTime("step", step);
  rec.log("speed", new rr.Scalars(10 + 3 * Math.sin(step / 25)));
}
