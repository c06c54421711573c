import * as rr from "@rerun-ts/node";

export function lines(rec: rr.RecordingStream): void {
  const style = {
    colors: ["red", "#00ff0080"],
    widths: [1.5, 0.1],
    names: ["sin", "größe"],
    visibleSeries: [true, false],
    aggregationPolicy: "MinMaxAverage",
    interpolationMode: "StepMid",
  } as const;
  rec.log("lines", new rr.SeriesLines(style), { static: true });
  rec.log("one", new rr.SeriesLines({ colors: [255, 0, 0], widths: 2, names: "sin", visibleSeries: false }));
  const measured = { variances: [0.1, 2], units: ["m/s", "°C"], ...style };
  rec.log("measurements", new rr.Measurements([0.1, -2.5], measured));
  rec.log("measurement", new rr.Measurements(0.1, { variances: 0.2, units: "m" }));
}

export function points(rec: rr.RecordingStream): void {
  const style = {
    colors: ["red", "#00ff0080"],
    names: ["a", "b"],
    markerSizes: [3.5, 0.1],
    visibleSeries: [true, false],
  };
  rec.log("points", new rr.SeriesPoints({ ...style, markers: ["Asterisk", "Circle"] }));
  rec.log("circles", new rr.SeriesPoints());
  rec.log("circles", new rr.SeriesPoints({}));
  rec.log("no markers", new rr.SeriesPoints({ colors: "red" }));
  rec.log("update", rr.SeriesPoints.fromFields({ names: "a" }));
}

export function columns(rec: rr.RecordingStream): void {
  const frames = rr.TimeColumn.sequence("frame", [1, 2]);
  const values = new Float64Array([0.1, 0.2, 0.3, 0.4]);
  rec.sendColumns("pairs", frames, rr.Measurements.columns({ values, variances: values }).partition([2, 2]));
  rec.sendColumns(
    "enums",
    frames,
    rr.SeriesLines.columns({ interpolationMode: ["Linear", 4], aggregationPolicy: [1, 2] }),
  );
  rec.sendColumns(
    "enums",
    frames,
    rr.SeriesPoints.columns({ markers: ["Plus", "up" as "Up", 7, "CROSS" as "Cross"] }).partition([1, 3]),
  );
}

export function states(rec: rr.RecordingStream): void {
  for (const state of ["open", "", ["open", "closed"], [], null, new Set(["open"])])
    rec.log("door", new rr.StateChange({ state }));
  rec.log(
    "door",
    new rr.StateConfiguration({
      values: ["open", "closed"],
      labels: ["Open", ""],
      colors: ["red", "#00ff0080"],
      visible: [true, false],
    }),
    { static: true },
  );
  const frames = rr.TimeColumn.sequence("frame", [1, 2]);
  rec.sendColumns("doors", frames, rr.StateChange.columns({ state: ["open", "closed", ""] }).partition([3, 0]));
}
