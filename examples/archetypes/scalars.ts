import * as rr from "@rerun-ts/web";

const rec = new rr.RecordingStream("scalars");
for (let step = 0; step < 200; step++) {
  rec.setTime("step", step);
  rec.log("waves/sine", new rr.Scalars(Math.sin(step / 20)));
  rec.log("waves/both", new rr.Scalars([Math.cos(step / 15), 0.5 * Math.cos(step / 5)]));
}
