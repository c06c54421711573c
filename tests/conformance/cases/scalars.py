import sys

import numpy as np
import rerun as rr


def every_form_of_numbers(rec: rr.RecordingStream) -> None:
    rec.log("one", rr.Scalars(1.5))
    rec.log("several", rr.Scalars([1, 2.5, -3]))
    rec.log("float64", rr.Scalars(np.array([0.1, 1 / 3, 1e300])))
    rec.log("float32", rr.Scalars(np.array([0.1, 1 / 3], dtype=np.float32)))
    rec.log("integers", rr.Scalars(np.array([-2147483648, 0, 2147483647], dtype=np.int32)))
    rec.log("iterable", rr.Scalars([1, 2]))
    rec.log("empty", rr.Scalars([]))
    rec.log("null", rr.Scalars([]))


def extremes(rec: rr.RecordingStream) -> None:
    largest, smallest = sys.float_info.max, 5e-324
    epsilon, integer = sys.float_info.epsilon, 2**53 - 1
    for value in [0.0, -0.0, largest, -largest, smallest, -smallest, epsilon, integer, 2.0**63, 0.1]:
        rec.log("value", rr.Scalars(value))


def rounded_to_float32(rec: rr.RecordingStream) -> None:
    values = [16777217, 16777219, 1e-45, 7e-46, 1e-38, 3.4028235e38, 0.1, 1 / 3, -0.0, 1 + 2**-24, 1 + 3 * 2**-24]
    rec.log("radii", rr.Points3D([[value, value, value] for value in values], radii=values))


def not_a_number(rec: rr.RecordingStream) -> None:
    nan = float("nan")
    rec.log("scalar", rr.Scalars(nan))
    rec.log("scalars", rr.Scalars([1, nan, 2]))
    rec.log("typed", rr.Scalars(np.array([nan, 0], dtype=np.float32)))
    rec.log("positions", rr.Points3D([nan, 0, 0, 0, nan, 0], radii=nan))


def infinity(rec: rr.RecordingStream) -> None:
    infinite = float("inf")
    rec.log("scalars", rr.Scalars([infinite, -infinite]))
    rec.log("positions", rr.Points3D([infinite, -infinite, 0], radii=infinite))
    rec.log("too large for float32", rr.Points3D([infinite, -infinite, 0]))


def many_rows(rec: rr.RecordingStream) -> None:
    for frame in range(200):
        rec.set_time("frame", sequence=frame)
        rec.log("a", rr.Scalars(frame / 10))
        rec.log("b", rr.Scalars([frame, 100 - frame]))
