from datetime import date

import numpy as np
import pyarrow as pa
import rerun as rr
from rerun import components

_BYTES = bytes([0, 255, 7])
_DAY = np.datetime64("2025-03-21T06:57:41.661", "ns")
_EPOCH = np.datetime64(0, "ns")


def _times(*values: np.datetime64) -> pa.Array:
    return pa.array(np.array(values, dtype="datetime64[ns]"))


def single_values(rec: rr.RecordingStream) -> None:
    rec.log("row", rr.AnyValues(number=1.5, integer=5, flag=True, text="text ✓", bytes=_BYTES, at=_times(_DAY)))
    rec.log("row", rr.AnyValues(number=-0.0, integer=-(2**63), text=""))
    rec.log("row", rr.AnyValues(flag=False))


def lists_of_values(rec: rr.RecordingStream) -> None:
    values = rr.AnyValues(
        numbers=[1.0, -2.5, np.finfo(np.float64).max],
        integers=[1, -2, 2**63 - 1],
        flags=[True, False, True],
        texts=["x", "", "z"],
        buffers=[_BYTES, b""],
        times=_times(_DAY, _EPOCH),
    )
    rec.log("row", values)


def typed_arrays(rec: rr.RecordingStream) -> None:
    values = rr.AnyValues(
        u8=np.array([0, 255], np.uint8),
        u16=np.array([0, 65535], np.uint16),
        u32=np.array([0, 4294967295], np.uint32),
        u64=np.array([0, 2**64 - 1], np.uint64),
        i8=np.array([-128, 127], np.int8),
        i16=np.array([-32768, 32767], np.int16),
        i32=np.array([-2147483648, 2147483647], np.int32),
        i64=np.array([-(2**63), 2**63 - 1], np.int64),
        f32=np.array([0.1, -1], np.float32),
        f64=np.array([0.1, np.inf], np.float64),
    )
    rec.log("row", values)


def nulls(rec: rr.RecordingStream) -> None:
    values = rr.AnyValues(
        some_numbers=[1.0, None, 3.0],
        some_integers=[None, 2],
        some_flags=[None, True],
        some_texts=["a", None, "b"],
        some_buffers=[None, _BYTES],
        some_times=pa.array([_DAY, None], pa.timestamp("ns")),
        some_lists=[[1.0], None, [None, 2.0]],
        some_fields=[{"a": 1.0}, {"a": None}],
    )
    rec.log("row", values)


def null_objects(rec: rr.RecordingStream) -> None:
    rec.log("row", rr.AnyValues(some_objects=[{"a": 1.0}, None, {"a": None}]))


def nested(rec: rr.RecordingStream) -> None:
    values = rr.AnyValues(
        lists=[[1.5, 2.0], [], [3.0]],
        listsOfTexts=[["a"], ["b", "c"]],
        deeper=[[[1], []], [[2, 3]]],
        vectors=pa.array([[1, 2], [0.1]], pa.list_(pa.float32())),
        objects=[
            {"x": 1.0, "name": "a", "deep": {"tags": ["t"]}},
            {"x": 2.5, "name": "b", "deep": {"tags": []}},
        ],
        keysThatComeAndGo=[{"a": 1.0}, {"b": "x", "a": 2.0}, {}],
    )
    rec.log("row", values)


def null_and_empty_clear(rec: rr.RecordingStream) -> None:
    rec.log("row", rr.AnyValues(gone=[1.0, 2.0], emptied="x", stays=1.0))
    rec.log("row", rr.AnyValues(gone=None, emptied=[], untyped=None, untyped_too=[]))
    rec.log("row", rr.AnyValues(gone=[None, 3.0]))


def _batches(values: rr.AnyValues | rr.DynamicArchetype, confidence: object, weight: object) -> None:
    values.with_component_override("confidence", "rerun.components.Scalar", confidence)
    values.with_component_override("description", "rerun.components.Text", "Bla bla bla…")
    values.with_component_from_data("homepage", "https://www.rerun.io")
    values.with_component_override("weight", "user.Weight", weight)


def batches_of_components(rec: rr.RecordingStream) -> None:
    confidence = [1.2, 3.4, 5.6]
    weight = pa.array([0.5, 0.25], pa.float32())
    for path, row in [("row", rr.AnyValues()), ("archetype", rr.DynamicArchetype("MyArchetype"))]:
        _batches(row, confidence, weight)
        rec.log(path, row)
    cleared = rr.DynamicArchetype("MyArchetype")
    _batches(cleared, [], pa.array([], pa.float32()))
    rec.log("archetype", cleared)


def archetypes(rec: rr.RecordingStream) -> None:
    thing = rr.DynamicArchetype("MyThing", components={"weights": [0.25, 0.75], "name": "n"})
    thing.with_component_override("colors", "rerun.components.Color", components.ColorBatch([0xFF0000FF, 0x00FF00FF]))
    thing.with_component_override("pos", "rerun.components.Position3D", components.Position3DBatch([1, 2, 3]))
    rec.log("thing", thing)
    rec.log("several", rr.Points3D([0, 0, 0]), thing, rr.AnyValues(score=[1.0, 0.5]))
    rec.log("qualified", rr.DynamicArchetype("user.Thing", components={"odd name": 1.0}))
    built_in = rr.DynamicArchetype("rerun.archetypes.Points3D")
    built_in.with_component_override("radii", "rerun.components.Radius", components.RadiusBatch(2))
    built_in.with_component_from_data("mine", 1.0)
    rec.log("built in", built_in)


def _described(value: object, *descriptor: str | None) -> rr.DescribedComponentBatch:
    whole = rr.ComponentDescriptor(*descriptor)
    return rr.DescribedComponentBatch(rr.AnyBatchValue(whole, value), whole)


def descriptors(rec: rr.RecordingStream) -> None:
    rec.log("row", [_described([1.0, 2.0], "just_name")])
    rec.log("row", [_described(7, "with_type", None, "user.Paint")])
    position = _described(components.Position3DBatch([1, 2, 3]), "user.A:p", "user.A", "rerun.components.Position3D")
    confidence = _described(pa.array([0.5, 0.25], pa.float32()), "user.A:conf", "user.A", "user.Conf")
    rec.log("row", [position, confidence])


def columns(rec: rr.RecordingStream) -> None:
    steps = [rr.TimeColumn("step", sequence=[0, 1, 2])]
    rec.send_columns("any", steps, rr.AnyValues.columns(sin=[0.0, 0.5, 1.0], names=["a", "b", "c"]))
    rec.send_columns("typed", steps, rr.AnyValues.columns(column_of_bytes=np.array([1, 2, 3], np.uint8)))
    rec.send_columns("thing", steps, rr.DynamicArchetype.columns("MyThing", components={"weights": [1.0, 2.0, 3.0]}))
    single = rr.AnyBatchValue.column("single", [True, False, True])
    parts = rr.AnyBatchValue.column("parts", [1.0, 2.0, 3.0, 4.0])
    assert single is not None and parts is not None
    rec.send_columns("one", steps, [single])
    rec.send_columns("parts", steps, [parts.partition([2, 0, 2])])
    colors = rr.ComponentColumn(
        rr.ComponentDescriptor("MyThing:colors", "MyThing", "rerun.components.Color"),
        components.ColorBatch([0xFF0000FF, 0x00FF00FF, 0x0000FFFF]),
    )
    rec.send_columns("batch", steps, [colors])


def properties(rec: rr.RecordingStream) -> None:
    rec.send_property("info", rr.AnyValues(a=[0.3, 0.4], b="low", c=7, d=True))


def other_widths(rec: rr.RecordingStream) -> None:
    ns = 10**9
    values = {
        "half": pa.array([np.float16(0.1), None, np.float16(65504)], pa.float16()),
        "large_texts": pa.array(["a", None, "größe"], pa.large_utf8()),
        "large_buffers": pa.array([_BYTES, None], pa.large_binary()),
        "dates": pa.array([date(1970, 1, 2), date(1969, 12, 31), None], pa.date32()),
        "ids": pa.array([_BYTES, None], pa.binary(3)),
        "spans": pa.array([3 * ns // 2, 5, ns // 1000], pa.duration("ns")),
        "instants": pa.array([1000, -1000], pa.timestamp("ns")),
        "nothing": pa.nulls(2),
    }
    for name, array in values.items():
        rec.log(name, rr.AnyValues(**{name: array}))
    rec.log("large_texts", rr.AnyValues(large_texts=pa.array(["b", "c"], pa.large_utf8())))


def matrices(rec: rr.RecordingStream) -> None:
    row = pa.list_(pa.int16(), 2)
    rec.log("flat", rr.AnyValues(flat=pa.array([[1, 2], [3, 4]], row)))
    values = [[[1, 2], [3, 4]], None, [None, [5, None]]]
    rec.log("nested", rr.AnyValues(nested=pa.array(values, pa.list_(row, 2))))


def unions(rec: rr.RecordingStream) -> None:
    children = [pa.array([1.0, None]), pa.array(["a"])]
    ids, offsets = pa.array([0, 1, 0], pa.int8()), pa.array([0, 0, 1], pa.int32())
    rec.log("row", rr.AnyValues(union=pa.UnionArray.from_dense(ids, offsets, children, ["number", "text"])))
