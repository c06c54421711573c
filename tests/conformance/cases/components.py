import pyarrow as pa
import rerun as rr
from rerun import components, encodings


def _described(
    component: str, batch: rr.ComponentBatchLike, archetype: str | None = None, component_type: str | None = None
) -> rr.DescribedComponentBatch:
    return rr.DescribedComponentBatch(batch, rr.ComponentDescriptor(component, archetype, component_type))


def _detection(field: str, type: str, batch: rr.ComponentBatchLike) -> rr.DescribedComponentBatch:
    return _described(f"my.Detection:{field}", batch, "my.Detection", f"rerun.components.{type}")


def own_archetype(rec: rr.RecordingStream) -> None:
    detection = [
        _detection("score", "Scalar", components.ScalarBatch([0.93, 0.5])),
        _detection("label", "Text", components.TextBatch(["car", "tree"])),
        _detection("size", "HalfSize3D", components.HalfSize3DBatch([[1, 2, 3], [4, 5, 6]])),
        _detection("color", "Color", components.ColorBatch(0xFFA500FF)),
    ]
    nothing = [
        _detection("score", "Scalar", components.ScalarBatch([])),
        _detection("label", "Text", components.TextBatch([])),
    ]
    rec.log("car", detection)
    rec.log("car", nothing[:1])
    rec.log("car", nothing)


def beside_built_in_ones(rec: rr.RecordingStream) -> None:
    box = rr.Boxes3D(sizes=[4, 2, 1.5], labels="car")
    score = [_detection("score", "Scalar", components.ScalarBatch(0.93))]
    rec.log("car", box, score)
    rec.log("car", box, score, rr.TextLog("seen"))


def names_of_archetypes(rec: rr.RecordingStream) -> None:
    for name in ["Detection", "my.Detection", "a b", "größe", "user.A"]:
        fields = {"score": 1, "odd-name v1.2": 2}
        batches = [
            _described(f"{name}:{field}", components.ScalarBatch(value), name, "rerun.components.Scalar")
            for field, value in fields.items()
        ]
        rec.log("row", batches)


def of_a_built_in_archetype(rec: rr.RecordingStream) -> None:
    rec.log("points", rr.Points3D.from_fields(radii=2))


def descriptors(rec: rr.RecordingStream) -> None:
    def log(path: str, *descriptor: str | None) -> None:
        component, *others = descriptor
        rec.log(path, [_described(component, components.ScalarBatch(1), *others)], static=True)

    log("name alone", "foo")
    log("with colon", "foo:bar")
    log("unusual", "_x,y-z.w\\v u")
    log("archetype", "user.A:pos", "user.A")
    log("of another archetype", "A:b", "user.A")
    log("type", "foo", None, "my.Type")
    log("everything", "A:b", "A", "rerun.components.Scalar")


def shared_encodings(rec: rr.RecordingStream) -> None:
    def plain(field: str, batch: rr.ComponentBatchLike) -> rr.DescribedComponentBatch:
        return _described(f"plain:{field}", batch, "plain")

    rec.log("row", [plain("flag", encodings.BoolBatch([True, False])), plain("number", encodings.Float32Batch(0.1))])
    time = plain("time", rr.AnyBatchValue("plain:time", pa.array([5], pa.int64())))
    rec.log("row", [plain("text", encodings.Utf8Batch("x")), time, plain("at", encodings.Vec2DBatch([1, 2]))])


def one_name_of_several_types(rec: rr.RecordingStream) -> None:
    def log(path: str, batch: rr.ComponentBatchLike) -> None:
        rec.log(path, [_described("my.Value:value", batch, "my.Value")])

    for index in range(3):
        log("number", encodings.Float64Batch(index))
        log("text", encodings.Utf8Batch(str(index)))
        log("flag", encodings.BoolBatch(index > 1))


def columns(rec: rr.RecordingStream) -> None:
    descriptor = rr.ComponentDescriptor("my.Detection:score", "my.Detection", "rerun.components.Scalar")
    column = rr.ComponentColumn(descriptor, components.ScalarBatch([0.5, 0.25]))
    rec.send_columns("car", [rr.TimeColumn("frame", sequence=[1, 2])], [column])


def _log_arrow(rec: rr.RecordingStream, component: str, values: list[object], type: pa.DataType) -> None:
    rec.log(component, [_described(component, rr.AnyBatchValue(component, pa.array(values, type)))])


def integers(rec: rr.RecordingStream) -> None:
    small = {
        "Int8": pa.int8(),
        "Int16": pa.int16(),
        "Int32": pa.int32(),
        "UInt8": pa.uint8(),
        "UInt16": pa.uint16(),
        "UInt32": pa.uint32(),
    }
    large = {
        "Int64": pa.int64(),
        "UInt64": pa.uint64(),
        "Timestamp": pa.timestamp("ns"),
        "Duration": pa.duration("ns"),
    }
    for name, type in small.items():
        _log_arrow(rec, name, [1, 127], type)
    for name, type in large.items():
        _log_arrow(rec, name, [2**32 + 5, None], type)


def nested_lists(rec: rr.RecordingStream) -> None:
    _log_arrow(rec, "pairs", [[1.5, -2.5], None], pa.list_(pa.float64(), 2))
    _log_arrow(rec, "texts", [["a", None], [], None], pa.list_(pa.utf8()))


def structs(rec: rr.RecordingStream) -> None:
    type = pa.struct([pa.field("name", pa.utf8()), pa.field("payload", pa.binary(), nullable=False)])
    _log_arrow(
        rec, "struct", [{"name": "full", "payload": bytes([0, 255])}, {"name": None, "payload": b""}], type
    )
