// A heated room: lines, points, measurements with their uncertainty, bars and states.
//
// examples/python/charts.py logs exactly the same values.
import * as rr from "@rerun-ts/node";

const MINUTES = 240;
/** The bars: half a degree each, from 14 degrees. */
const [LOWEST, BARS] = [14, 18];

export function logScene(rec: rr.RecordingStream): void {
  // The style of curves is static, and logged beside the numbers. One entity is one plot, with one curve per number.
  const curves = { names: ["heater (kW)", "loss (kW)"], colors: ["tomato", "deepskyblue"] };
  rec.log("heat", new rr.SeriesLines({ ...curves, widths: [1.5, 1.5] }), { static: true });
  const markers = { markers: ["Square", "Diamond"], markerSizes: [4, 5] } as const;
  rec.log("heat", new rr.SeriesPoints({ ...curves, ...markers }), { static: true });
  const heating = { values: ["on", "off"], labels: ["heating", "resting"], colors: ["orangered", "steelblue"] };
  rec.log("states/heater", new rr.StateConfiguration(heating), { static: true });
  const airing = { values: ["open", "shut"], colors: ["goldenrod", "dimgray"] };
  rec.log("states/window", new rr.StateConfiguration(airing), { static: true });

  let [temperature, heater, window] = [15, "", ""];
  const minutesAt = new Uint32Array(BARS);
  for (let minute = 0; minute < MINUTES; minute++) {
    // A row may have times on several timelines: a number and a duration.
    rec.setTime({ minute, time: { duration: minute * 60 } });
    // On below the target, off above. A state lasts until the next one, so it is logged when it changes.
    const wanted = minute < 150 ? 21 : 18;
    const heaterNow = temperature < wanted + (heater === "on" ? 0.75 : -0.75) ? "on" : "off";
    const windowNow = minute % 80 >= 50 && minute % 80 < 60 ? "open" : "shut";
    if (heaterNow !== heater) rec.log("states/heater", new rr.StateChange({ state: heaterNow }));
    if (windowNow !== window) rec.log("states/window", new rr.StateChange({ state: windowNow }));
    [heater, window] = [heaterNow, windowNow];

    const heat = heater === "on" ? 1 : 0;
    const loss = (temperature - 8) * (window === "open" ? 0.075 : 0.03);
    if (minute % 5 === 0) rec.log("heat", new rr.Scalars([heat, loss]));
    temperature += (heat - loss) * 0.4;

    // The thermometer is inexact, even more while the heater is on: the curve has a band of one standard deviation.
    const deviation = heater === "on" ? 0.6 : 0.3;
    const measured = temperature + (noise(minute) - 0.5) * deviation;
    const certainty = { variances: deviation * deviation, units: "°C", names: "measured", colors: "gold", widths: 1.5 };
    rec.log("thermometer", new rr.Measurements(measured, certainty));

    // The number of minutes at each temperature.
    const bar = Math.floor((temperature - LOWEST) * 2);
    minutesAt[bar] = (minutesAt[bar] ?? 0) + 1;
    const abscissa = Float64Array.from(minutesAt, (_, index) => LOWEST + index / 2);
    const widths = abscissa.map(() => 0.5);
    rec.log("minutes_at", new rr.BarChart(minutesAt, { abscissa, widths, color: "mediumpurple" }));
  }
}

/** A pseudo-random number between 0 and 1, the same in each run. */
function noise(index: number): number {
  return ((index * index * 7919 + index * 104_729) % 1009) / 1009;
}
