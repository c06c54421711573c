from datetime import UTC, datetime
from typing import Any

import numpy as np
import rerun as rr
from case import recordings

I64_MAX = 2**63 - 1
I64_MIN = -(2**63)


def _log_at(rec: rr.RecordingStream, timeline: str, **values: list[Any]) -> None:
    """Logs a row at each of the values, which are given under their kind."""
    for kind, times in values.items():
        for time in times:
            rec.set_time(timeline, **{kind: time})
            rec.log("row", rr.Scalars(0))


def _span(nanoseconds: int) -> np.timedelta64:
    return np.timedelta64(nanoseconds, "ns")


def _instant(nanoseconds: int) -> np.datetime64:
    return np.datetime64(nanoseconds, "ns")


def sequences(rec: rr.RecordingStream) -> None:
    _log_at(rec, "frame", sequence=[0, 1, 1000, -1, 99_999_999_999, 12, 2**53 - 1, -5])


def durations(rec: rr.RecordingStream) -> None:
    _log_at(rec, "elapsed", duration=[0, 3, 1.5, -0.25, _span(7)])
    _log_at(rec, "elapsed", duration=[2.5, _span(2_500_000), _span(2_500)])
    _log_at(rec, "elapsed", duration=[_span(25), _span(25), 3])


def timestamps(rec: rr.RecordingStream) -> None:
    precise = _instant(1_700_000_000_123_456_789)
    # Not as a `datetime`: Python converts those to floats, which are too coarse.
    millis = _instant(1_700_000_000_123_000_000)
    _log_at(rec, "when", timestamp=[millis, datetime(1970, 1, 1, tzinfo=UTC), 1_700_000_000])
    _log_at(rec, "when", timestamp=[1_700_000_000.123456789, precise])
    _log_at(rec, "when", timestamp=[precise, _instant(1_700_000_000_123_000_000)])
    _log_at(rec, "when", timestamp=[_instant(1_700_000_000_123_456_000), _instant(1)])


def before_nineteen_seventy(rec: rr.RecordingStream) -> None:
    last, early = datetime(1969, 12, 31, 23, 59, 59, 999_000, tzinfo=UTC), datetime(1900, 1, 1, tzinfo=UTC)
    _log_at(rec, "when", timestamp=[last, early, -1.5])
    _log_at(rec, "when", timestamp=[-1, _instant(-1), _instant(-1_000_000)])


def rounded_nanoseconds(rec: rr.RecordingStream) -> None:
    for nanos in [0.5, 1.5, 2.5, 3.5, 0.49, 0.51, -0.5, -1.5, -2.5, 1234567.5, 7654321.5]:
        _log_at(rec, "elapsed", duration=[nanos / 1e9])
    for seconds in [0.1, 0.2, 0.3, 1 / 3, 2 / 3, 1e-9, 1e-10, 123456.789, 1e6 + 1e-6, 9e9 + 0.5]:
        _log_at(rec, "elapsed", duration=[seconds])
        _log_at(rec, "when", timestamp=[seconds])


def limits(rec: rr.RecordingStream) -> None:
    _log_at(rec, "frame", sequence=[I64_MAX, I64_MIN + 1, I64_MIN, 2**62, -(2**32), 2**32, 2**31, -(2**31)])
    _log_at(rec, "elapsed", duration=[_span(I64_MAX), _span(I64_MIN), 9_223_372_036])
    _log_at(rec, "when", timestamp=[_instant(I64_MAX), _instant(I64_MIN), -9_223_372_036])


def several_timelines(rec: rr.RecordingStream) -> None:
    rec.set_time("frame", sequence=1)
    rec.log("one", rr.Scalars(1))
    rec.set_time("when", timestamp=5)
    rec.log("two", rr.Scalars(2))
    rec.set_time("frame", sequence=2)
    rec.set_time("elapsed", duration=0.5)
    rec.log("three", rr.Scalars(3))
    rec.log("one", rr.Scalars(4))


def times_of_one_row(rec: rr.RecordingStream) -> None:
    def log_at(value: float, **timelines: int) -> None:
        rec.reset_time()
        for name, sequence in timelines.items():
            rec.set_time(name, sequence=sequence)
        rec.log("row", rr.Scalars(value))

    rec.set_time("frame", sequence=7)
    rec.set_time("elapsed", duration=2)
    rec.log("row", rr.Scalars(1))
    log_at(2, frame=1)
    log_at(3, frame=8, sensor=100)
    log_at(4, frame=8, sensor=101)
    log_at(5, frame=2)


def disabled_and_reset(rec: rr.RecordingStream) -> None:
    rec.set_time("frame", sequence=1)
    rec.set_time("step", sequence=2)
    rec.log("row", rr.Scalars(1))
    rec.disable_timeline("frame")
    rec.log("row", rr.Scalars(2))
    rec.disable_timeline("unknown")
    rec.set_time("frame", sequence=3)
    rec.log("row", rr.Scalars(3))
    rec.reset_time()
    rec.log("row", rr.Scalars(4))
    rec.set_time("step", sequence=5)
    rec.log("row", rr.Scalars(5))


def back_and_forth(rec: rr.RecordingStream) -> None:
    _log_at(rec, "frame", sequence=[5, 3, 3, 4, -2, 100, 0])
    rec.reset_time()
    _log_at(rec, "elapsed", duration=[1, 0.5, 2])


def names(rec: rr.RecordingStream) -> None:
    unusual = ["my-index v1.2", "_lead", "a:b", "a/b", "größe", "時間", "😀", "\uffee", "\\", '"', "x" * 300]
    for index, name in enumerate(unusual):
        rec.set_time(name, sequence=index)
        rec.log("row", rr.Scalars(index))


def static_rows(rec: rr.RecordingStream) -> None:
    rec.set_time("frame", sequence=1)
    rec.log("row", rr.Scalars(1), static=True)
    rec.log("both", rr.Scalars(2))
    rec.log("both", rr.TextLog("at all times"), static=True)
    rec.log("overwritten", rr.Scalars(3), static=True)
    rec.log("overwritten", rr.Scalars(4), static=True)


@recordings({"log_tick": True})
def with_log_tick(rec: rr.RecordingStream) -> None:
    rec.log("row", rr.Scalars(1))
    rec.log("row", rr.Scalars(2), static=True)
    rec.send_property("operator", rr.TextLog("Ada"))
    rec.send_recording_name("ticks")
    rec.send_columns("columns", [rr.TimeColumn("frame", sequence=[1, 2])], rr.Scalars.columns(scalars=[1, 2]))
    rec.set_time("frame", sequence=1)
    rec.log("row", rr.Scalars(3))
    rec.reset_time()
    rec.log("row", rr.Scalars(4))


@recordings({"log_time": False})
def without_log_time(rec: rr.RecordingStream) -> None:
    for frame in [1, 2]:
        rec.set_time("frame", sequence=frame)
        rec.log("row", rr.Scalars(frame))


@recordings({"log_time": False})
def without_any_time(rec: rr.RecordingStream) -> None:
    rec.log("row", rr.Scalars(1))
    rec.set_time("frame", sequence=1)
    rec.log("row", rr.TextLog("later"))


@recordings({"log_time": False, "log_tick": True})
def log_tick_alone(rec: rr.RecordingStream) -> None:
    for index in range(5):
        rec.log("even" if index % 2 == 0 else "odd", rr.Scalars(index))


@recordings({"log_time": False, "log_tick": True})
def log_tick_switched_off_and_on(rec: rr.RecordingStream) -> None:
    rec.set_time("frame", sequence=7)
    for enabled in [True, False, True, True, False]:
        rec.set_log_tick_enabled(enabled)
        rec.log("row", rr.Scalars(1 if enabled else 0))
    rec.send_recording_start_time_nanos(1_700_000_000_123_456_789)
