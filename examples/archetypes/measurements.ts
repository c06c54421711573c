// A temperature whose sensor becomes less and less certain.
import * as rr from "@rerun-ts/web";

const rec = new rr.RecordingStream("measurements");
for (let minute = 0; minute < 120; minute++) {
  rec.setTime("minute", minute);
  const temperature = 20 + 3 * Math.sin(minute / 12);
  rec.log("room", new rr.Measurements(temperature, { variances: (minute / 100) ** 2, units: "°C", names: "room" }));
}
