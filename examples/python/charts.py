"""A heated room: lines, points, measurements with their uncertainty, bars and states.

examples/node/charts/scene.ts logs exactly the same values.
"""

from __future__ import annotations

import math

import numpy as np
import rerun as rr
import rerun.blueprint as rrb
from save_scene import save_scene

MINUTES = 240
# The bars: half a degree each, from 14 degrees.
LOWEST, BARS = 14, 18
TOMATO, DEEP_SKY_BLUE, GOLD, MEDIUM_PURPLE = (255, 99, 71), (0, 191, 255), (255, 215, 0), (147, 112, 219)
ORANGE_RED, STEEL_BLUE, GOLDENROD, DIM_GRAY = (255, 69, 0), (70, 130, 180), (218, 165, 32), (105, 105, 105)

AXIS_X = rrb.TimeAxis(link="linktoglobal")
# Curves above each other with one time axis, beside the bars, as in examples/node/charts/layout.ts.
LAYOUT = rrb.Blueprint(
    rrb.Horizontal(
        rrb.Vertical(
            rrb.TimeSeriesView(name="temperature (°C)", contents="/thermometer", axis_x=AXIS_X),
            rrb.TimeSeriesView(
                name="heat (kW)", contents="/heat", axis_x=AXIS_X, plot_legend=rrb.Corner2D.LeftTop
            ),
            rrb.StateTimelineView(name="states", origin="/states"),
            row_shares=[3, 2, 1],
        ),
        rrb.BarChartView(name="minutes at each temperature", contents="/minutes_at"),
        column_shares=[3, 2],
    ),
    rrb.TimePanel(timeline="minute", state="collapsed"),
    collapse_panels=True,
)


def log_scene(rec: rr.RecordingStream) -> None:
    # The style of curves is static, and logged beside the numbers. One entity is one plot, with one curve per number.
    names, colors = ["heater (kW)", "loss (kW)"], [TOMATO, DEEP_SKY_BLUE]
    rec.log("heat", rr.SeriesLines(names=names, colors=colors, widths=[1.5, 1.5]), static=True)
    points = rr.SeriesPoints(names=names, colors=colors, markers=["square", "diamond"], marker_sizes=[4, 5])
    rec.log("heat", points, static=True)
    heating = rr.StateConfiguration(
        values=["on", "off"], labels=["heating", "resting"], colors=[ORANGE_RED, STEEL_BLUE]
    )
    rec.log("states/heater", heating, static=True)
    airing = rr.StateConfiguration(values=["open", "shut"], colors=[GOLDENROD, DIM_GRAY])
    rec.log("states/window", airing, static=True)

    temperature, heater, window = 15.0, "", ""
    minutes_at = np.zeros(BARS, dtype=np.uint32)
    for minute in range(MINUTES):
        # A row may have times on several timelines: a number and a duration.
        rec.set_time("minute", sequence=minute)
        rec.set_time("time", duration=minute * 60)
        # On below the target, off above. A state lasts until the next one, so it is logged when it changes.
        wanted = 21 if minute < 150 else 18
        heater_now = "on" if temperature < wanted + (0.75 if heater == "on" else -0.75) else "off"
        window_now = "open" if 50 <= minute % 80 < 60 else "shut"
        if heater_now != heater:
            rec.log("states/heater", rr.StateChange(state=heater_now))
        if window_now != window:
            rec.log("states/window", rr.StateChange(state=window_now))
        heater, window = heater_now, window_now

        heat = 1 if heater == "on" else 0
        loss = (temperature - 8) * (0.075 if window == "open" else 0.03)
        if minute % 5 == 0:
            rec.log("heat", rr.Scalars([heat, loss]))
        temperature += (heat - loss) * 0.4

        # The thermometer is inexact, even more while the heater is on: the curve has a band of one standard deviation.
        deviation = 0.6 if heater == "on" else 0.3
        measured = rr.Measurements(
            temperature + (noise(minute) - 0.5) * deviation,
            variances=deviation * deviation,
            units="°C",
            names="measured",
            colors=GOLD,
            widths=1.5,
        )
        rec.log("thermometer", measured)

        # The number of minutes at each temperature.
        minutes_at[math.floor((temperature - LOWEST) * 2)] += 1
        abscissa = LOWEST + np.arange(BARS) / 2
        chart = rr.BarChart(minutes_at, abscissa=abscissa, widths=np.full(BARS, 0.5), color=MEDIUM_PURPLE)
        rec.log("minutes_at", chart)


def noise(index: int) -> float:
    """A pseudo-random number between 0 and 1, the same in each run."""
    return ((index * index * 7919 + index * 104_729) % 1009) / 1009


if __name__ == "__main__":
    save_scene("charts", "A heated room", log_scene, LAYOUT)
