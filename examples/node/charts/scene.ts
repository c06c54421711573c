// A room that is heated: lines, points, measurements with their uncertainty, bars and states.
//
// examples/python/charts.py logs the same, value by value.
import * as rr from "@rerun-ts/node";

const MINUTES = 240;
/** Degrees of the bars: from 14, half a degree each. */
const [LOWEST, BARS] = [14, 20];

export function logScene(rec: rr.RecordingStream): void {
  // How curves look is static, and beside the numbers: a line, steps, and only points.
  const wanted = new rr.SeriesLines({
    names: "wanted",
    colors: "limegreen",
    widths: 1.5,
    interpolationMode: "StepAfter",
  });
  rec.log("room/wanted", wanted, { static: true });
  const doors = new rr.SeriesPoints({ names: "door opened", colors: "tomato", markers: "Diamond", markerSizes: 6 });
  rec.log("room/door", doors, { static: true });
  const states = { values: ["on", "off"], labels: ["heating", "resting"], colors: ["orangered", "steelblue"] };
  rec.log("heater", new rr.StateConfiguration(states), { static: true });

  let [temperature, isHeating] = [15, false];
  const minutesAt = new Uint32Array(BARS);
  for (let minute = 0; minute < MINUTES; minute++) {
    rec.setTime({ minute, time: { duration: minute * 60 } });
    const wantedNow = minute < 150 ? 21 : 18;
    if (minute % 75 === 0) rec.log("room/wanted", new rr.Scalars(wantedNow));

    // On below and off above what is wanted: a change is logged when it happens.
    const heat = isHeating ? temperature < wantedNow + 0.75 : temperature < wantedNow - 0.75;
    if (heat !== isHeating || minute === 0) rec.log("heater", new rr.StateChange({ state: heat ? "on" : "off" }));
    isHeating = heat;
    temperature += (heat ? 0.32 : 0) - (temperature - 10) * 0.012;
    if (minute % 60 === 40) {
      temperature -= 1.5;
      rec.log("room/door", new rr.Scalars(temperature));
    }

    // The thermometer errs, more so while the heater blows. The curve has a band of one standard deviation.
    const deviation = heat ? 0.5 : 0.25;
    const measured = temperature + (noise(minute) - 0.5) * deviation * 2;
    rec.log(
      "room/measured",
      new rr.Measurements(measured, {
        variances: deviation * deviation,
        units: "°C",
        names: "measured",
        colors: "gold",
      }),
    );

    // How many minutes each temperature has lasted.
    const bar = Math.floor((temperature - LOWEST) * 2);
    minutesAt[bar] = (minutesAt[bar] ?? 0) + 1;
    const abscissa = Float64Array.from(minutesAt, (_, index) => LOWEST + index / 2);
    const chart = new rr.BarChart(minutesAt, { abscissa, widths: abscissa.map(() => 0.5), color: "mediumpurple" });
    rec.log("minutes_at", chart);
  }
}

/** Between 0 and 1, without any order that one could see; the same in each run. */
function noise(index: number): number {
  return ((index * 7919) % 1009) / 1009;
}
