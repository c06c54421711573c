from typing import Any

import rerun as rr


def lines(rec: rr.RecordingStream) -> None:
    style: dict[str, Any] = {
        "colors": [0xFF0000FF, 0x00FF0080],
        "widths": [1.5, 0.1],
        "names": ["sin", "größe"],
        "visible_series": [True, False],
        "aggregation_policy": "minmaxaverage",
        "interpolation_mode": "stepmid",
    }
    rec.log("lines", rr.SeriesLines(**style), static=True)
    rec.log("one", rr.SeriesLines(colors=[255, 0, 0], widths=2, names="sin", visible_series=False))
    rec.log("measurements", rr.Measurements([0.1, -2.5], variances=[0.1, 2], units=["m/s", "°C"], **style))
    rec.log("measurement", rr.Measurements(0.1, variances=0.2, units="m"))


def points(rec: rr.RecordingStream) -> None:
    style: dict[str, Any] = {
        "colors": [0xFF0000FF, 0x00FF0080],
        "names": ["a", "b"],
        "marker_sizes": [3.5, 0.1],
        "visible_series": [True, False],
    }
    rec.log("points", rr.SeriesPoints(**style, markers=["asterisk", "circle"]))
    for _ in range(2):
        rec.log("circles", rr.SeriesPoints())
    rec.log("no markers", rr.SeriesPoints(colors=0xFF0000FF))
    rec.log("update", rr.SeriesPoints.from_fields(names="a"))


def columns(rec: rr.RecordingStream) -> None:
    frames = rr.TimeColumn("frame", sequence=[1, 2])
    values = [0.1, 0.2, 0.3, 0.4]
    pairs = rr.Measurements.columns(values=values, variances=values)
    rec.send_columns("pairs", [frames], pairs.partition([2, 2]))
    enums = rr.SeriesLines.columns(interpolation_mode=["linear", "stepmid"], aggregation_policy=[1, 2])
    rec.send_columns("enums", [frames], enums)
    markers = rr.SeriesPoints.columns(markers=["plus", "up", "down", "cross"])
    rec.send_columns("enums", [frames], markers.partition([1, 3]))


def states(rec: rr.RecordingStream) -> None:
    for state in ["open", "", ["open", "closed"], [], [], ["open"]]:
        rec.log("door", rr.StateChange(state=state))
    configuration = rr.StateConfiguration(
        values=["open", "closed"], labels=["Open", ""], colors=[0xFF0000FF, 0x00FF0080], visible=[True, False]
    )
    rec.log("door", configuration, static=True)
    frames = rr.TimeColumn("frame", sequence=[1, 2])
    states = rr.StateChange.columns(state=["open", "closed", ""])
    rec.send_columns("doors", [frames], states.partition([3, 0]))
