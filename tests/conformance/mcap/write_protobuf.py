"""Writes the MCAP files with protobuf messages, and those with other encodings, attachments and metadata."""
import json
import math
import struct
import sys
from pathlib import Path

from foxglove_schemas_protobuf import (
    CameraCalibration_pb2, CompressedImage_pb2, CompressedVideo_pb2, FrameTransform_pb2, FrameTransforms_pb2, Grid_pb2,
    KeyValuePair_pb2, LaserScan_pb2, LocationFix_pb2, LocationFixes_pb2, Log_pb2, PackedElementField_pb2, PointCloud_pb2,
    PoseInFrame_pb2, PosesInFrame_pb2, RawImage_pb2, SceneUpdate_pb2, VoxelGrid_pb2, ImageAnnotations_pb2)
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory, struct_pb2
from mcap.writer import CompressionType, Writer
from mcap_protobuf.writer import Writer as ProtobufWriter

out = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parent)
T0 = 1_700_000_000_000_000_000
STEP = 100_000_000


def stamped(message, i, frame="map"):
    message.timestamp.seconds = 1_600_000_000 + i
    message.timestamp.nanos = 500
    if frame is not None:
        message.frame_id = frame
    return message


def set_pose(pose, n):
    pose.position.x, pose.position.y, pose.position.z = n, 2, 3
    pose.orientation.z, pose.orientation.w = 0.6, 0.8


def cloud(i, colors=True, pose=True):
    m = stamped(PointCloud_pb2.PointCloud(), i, "lidar")
    if pose:
        set_pose(m.pose, i)
    m.point_stride = 16
    fields = [("x", 0, 7), ("y", 4, 7), ("z", 8, 7)]
    if colors:
        fields += [("red", 12, 1), ("green", 13, 1), ("blue", 14, 1), ("alpha", 15, 1)]
    for name, offset, kind in fields:
        m.fields.add(name=name, offset=offset, type=kind)
    m.data = b"".join(struct.pack("<fffBBBB", n + i, n, 0.5, 10 * n, 20, 30, 255) for n in range(3))
    return m


def compressed(i):
    m = stamped(CompressedImage_pb2.CompressedImage(), i, "cam")
    m.data, m.format = b"\xff\xd8\xff" + bytes([i]), "jpeg"
    return m


def video(i):
    m = stamped(CompressedVideo_pb2.CompressedVideo(), i, "cam")
    m.data, m.format = b"\x00\x00\x00\x01\x65" + bytes([i]), "h264"
    return m


def raw_image(i, encoding="rgb8", pixel=3):
    m = stamped(RawImage_pb2.RawImage(), i, "cam")
    m.width, m.height, m.encoding, m.step = 2, 2, encoding, 2 * pixel + 1
    m.data = bytes(n % 256 for n in range(m.step * 2))
    return m


def calibration(i):
    m = stamped(CameraCalibration_pb2.CameraCalibration(), i, "cam")
    m.width, m.height = 640, 480
    m.K.extend([500, 0, 320, 0, 510, 240, 0, 0, 1])
    return m


def transform(i, child="child"):
    m = FrameTransform_pb2.FrameTransform()
    stamped(m, i, None)
    m.parent_frame_id, m.child_frame_id = "map", child
    m.translation.x, m.rotation.w = i, 1
    return m


def transforms(i):
    m = FrameTransforms_pb2.FrameTransforms()
    for n in range(i + 1):
        m.transforms.append(transform(10 * i + n, f"child{n}"))
    return m


def log(i):
    m = stamped(Log_pb2.Log(), i, None)
    m.level, m.message, m.name = i % 5 + 1, f"message {i}", "node"
    return m


def fix(i, color=True):
    m = stamped(LocationFix_pb2.LocationFix(), i)
    m.latitude, m.longitude, m.altitude = 47.5 + i, 8.5, 400
    if color:
        m.color.r, m.color.a = 1, 0.5
    return m


def fixes(i):
    m = LocationFixes_pb2.LocationFixes()
    for n in range(i + 1):
        m.fixes.append(fix(10 * i + n))
    return m


def pose_in_frame(i):
    m = stamped(PoseInFrame_pb2.PoseInFrame(), i)
    set_pose(m.pose, i)
    return m


def poses_in_frame(i):
    m = stamped(PosesInFrame_pb2.PosesInFrame(), i)
    for n in range(i + 1):
        set_pose(m.poses.add(), n)
    return m


def voxels(i, colors=True):
    m = stamped(VoxelGrid_pb2.VoxelGrid(), i)
    set_pose(m.pose, i)
    m.row_count, m.column_count = 2, 2
    m.cell_size.x, m.cell_size.y, m.cell_size.z = 0.5, 0.5, 0.25
    m.cell_stride, m.row_stride, m.slice_stride = 4, 8, 16
    for n, name in enumerate(["red", "green", "blue", "alpha"]):
        m.fields.add(name=name, offset=n, type=1)
    m.data = bytes(n * 3 % 256 for n in range(32))
    return m


def scene(i):
    m = SceneUpdate_pb2.SceneUpdate()
    entity = m.entities.add(id=f"e{i}", frame_id="map")
    entity.cubes.add().size.x = 2
    entity.metadata.add(key="a", value="b")
    return m


def scan(i):
    m = stamped(LaserScan_pb2.LaserScan(), i)
    m.ranges.extend([1, 2, i])
    return m


def pair(i):
    return KeyValuePair_pb2.KeyValuePair(key="k", value=str(i))


FOXGLOVE = [
    ("/cloud", cloud), ("/cloud_bare", lambda i: cloud(i, False, False)), ("/jpeg", compressed), ("/video", video),
    ("/raw", raw_image), ("/raw_mono", lambda i: raw_image(i, "mono16", 2)), ("/camera", calibration), ("/tf", transform), ("/tfs", transforms),
    ("/log", log), ("/fix", fix), ("/fixes", fixes), ("/pose", pose_in_frame), ("/poses", poses_in_frame),
    ("/voxels", voxels), ("/scene", scene), ("/scan", scan), ("/pair", pair),
]


def protobuf(path, topics, messages=4, per_chunk=2, **options):
    with open(out / path, "wb") as file:
        writer = ProtobufWriter(file, **options)
        for i in range(messages):
            for n, (topic, make) in enumerate(topics):
                at = T0 + i * STEP + n * 1000
                writer.write_message(topic, make(i), at, at - 500)
            if i % per_chunk == per_chunk - 1:
                writer._writer._Writer__finalize_chunk()
        writer.finish()


def demo_messages():
    """Messages with all kinds of fields."""
    F = descriptor_pb2.FieldDescriptorProto
    file = descriptor_pb2.FileDescriptorProto(name="demo.proto", package="demo", syntax="proto3")
    file.dependency.append("google/protobuf/struct.proto")
    color = file.enum_type.add(name="Color")
    for number, name in enumerate(["RED", "GREEN", "BLUE"]):
        color.value.add(name=name, number=number)
    inner = file.message_type.add(name="Inner")
    inner.field.add(name="label", number=1, type=F.TYPE_STRING, label=1)
    inner.field.add(name="pair", number=2, type=F.TYPE_FLOAT, label=3)
    tree = file.message_type.add(name="Tree")
    tree.field.add(name="name", number=1, type=F.TYPE_STRING, label=1)
    tree.field.add(name="children", number=2, type=F.TYPE_MESSAGE, type_name=".demo.Tree", label=3)
    tree.field.add(name="parent", number=3, type=F.TYPE_MESSAGE, type_name=".demo.Tree", label=1)
    m = file.message_type.add(name="Everything")
    scalars = ["double", "float", "int64", "uint64", "int32", "fixed64", "fixed32", "bool", "string", "bytes", "uint32",
               "sfixed32", "sfixed64", "sint32", "sint64"]
    for n, name in enumerate(scalars, 1):
        m.field.add(name=f"a_{name}", number=n, type=getattr(F, "TYPE_" + name.upper()), label=1)
        m.field.add(name=f"r_{name}", number=n + 20, type=getattr(F, "TYPE_" + name.upper()), label=3)
    m.field.add(name="color", number=50, type=F.TYPE_ENUM, type_name=".demo.Color", label=1)
    m.field.add(name="colors", number=51, type=F.TYPE_ENUM, type_name=".demo.Color", label=3)
    m.field.add(name="inner", number=52, type=F.TYPE_MESSAGE, type_name=".demo.Inner", label=1)
    m.field.add(name="inners", number=53, type=F.TYPE_MESSAGE, type_name=".demo.Inner", label=3)
    m.oneof_decl.add(name="choice")
    m.field.add(name="choice_text", number=54, type=F.TYPE_STRING, label=1, oneof_index=0)
    m.field.add(name="choice_inner", number=55, type=F.TYPE_MESSAGE, type_name=".demo.Inner", label=1, oneof_index=0)
    m.oneof_decl.add(name="single")
    m.oneof_decl.add(name="_maybe")
    m.field.add(name="maybe", number=56, type=F.TYPE_INT32, label=1, oneof_index=2, proto3_optional=True)
    for name, number, kind in (("CountsEntry", 57, F.TYPE_STRING), ("NamesEntry", 58, F.TYPE_INT32)):
        entry = m.nested_type.add(name=name)
        entry.options.map_entry = True
        entry.field.add(name="key", number=1, type=kind, label=1)
        value = F.TYPE_INT32 if name == "CountsEntry" else F.TYPE_MESSAGE
        entry.field.add(name="value", number=2, type=value, label=1, type_name=None if value == F.TYPE_INT32 else ".demo.Inner")
        m.field.add(name=name[:-5].lower(), number=number, type=F.TYPE_MESSAGE, type_name=f".demo.Everything.{name}", label=3)
    entry = m.nested_type.add(name="PaintsEntry")
    entry.options.map_entry = True
    entry.field.add(name="key", number=1, type=F.TYPE_STRING, label=1)
    entry.field.add(name="value", number=2, type=F.TYPE_ENUM, type_name=".demo.Color", label=1)
    m.field.add(name="paints", number=61, type=F.TYPE_MESSAGE, type_name=".demo.Everything.PaintsEntry", label=3)
    m.field.add(name="single_text", number=62, type=F.TYPE_STRING, label=1, oneof_index=1)
    m.field.add(name="item", number=63, type=F.TYPE_MESSAGE, type_name=".google.protobuf.Value", label=1)
    m.field.add(name="items", number=64, type=F.TYPE_MESSAGE, type_name=".google.protobuf.ListValue", label=3)
    m.field.add(name="any", number=59, type=F.TYPE_MESSAGE, type_name=".google.protobuf.Struct", label=1)
    m.field.add(name="tree", number=60, type=F.TYPE_MESSAGE, type_name=".demo.Tree", label=1)
    pool = descriptor_pool.DescriptorPool()
    pool.AddSerializedFile(struct_pb2.DESCRIPTOR.serialized_pb)
    pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("demo.Everything"))


Everything = demo_messages()


def everything(i):
    m = Everything()
    if i == 0:
        return m
    for name, value in {"double": 1.5, "float": 2.5, "int64": -(2**60), "uint64": 2**63 + 5, "int32": -7, "fixed64": 9, "fixed32": 10,
                        "bool": True, "string": "héllo", "bytes": b"\x00\x01", "uint32": 4000000000, "sfixed32": -4,
                        "sfixed64": -5, "sint32": -6, "sint64": -(2**50)}.items():
        setattr(m, f"a_{name}", value)
        getattr(m, f"r_{name}").extend([value] * i)
    m.color = 2
    m.colors.extend([0, 1, 2])
    m.inner.label = "x"
    m.inners.add(label="y").pair.extend([1, 2])
    if i % 2:
        m.choice_text = "chosen"
        m.maybe = 0
    else:
        m.choice_inner.label = "inside"
    m.counts["b"], m.counts["a"] = 2, 1
    m.names[5].label, m.names[-3].label = "five", "minus"
    m.any.update({"a": 1, "b": [True, None, "x"]})
    for n, key in enumerate(["é", "À", "z", "ÿ", "\ufffd", "😀"]):
        m.paints[key] = n % 3
    if i % 2:
        m.single_text = "only"
    m.item.string_value = "text"
    m.items.add().extend([1, "two"])
    m.tree.name = "root"
    m.tree.children.add(name="leaf").children.add(name="deep")
    return m


def other(path, **options):
    """Channels of other encodings, attachments and metadata."""
    with open(out / path, "wb") as file:
        writer = Writer(file, **options)
        writer.start(profile="", library="tests")
        schema = {"type": "object", "title": "Pose", "properties": {
            "x": {"type": "number"}, "count": {"type": "integer"}, "name": {"type": "string"}, "ok": {"type": "boolean"},
            "list": {"type": "array", "items": {"type": "number"}}, "blob": {"type": "string", "contentEncoding": "base64"},
            "inner": {"type": "object", "properties": {"y": {"type": "number"}}}, "any": {}}}
        ids = {
            "json": writer.register_schema("Pose", "jsonschema", json.dumps(schema).encode()),
            "flatbuffer": writer.register_schema("demo.Thing", "flatbuffer", b"\x01\x02"),
        }
        channels = {
            "json": writer.register_channel("/json", "json", ids["json"], {"b": "2", "a": "1"}),
            "free": writer.register_channel("/json_free", "json", 0),
            "flat": writer.register_channel("/flat", "flatbuffer", ids["flatbuffer"]),
            "none": writer.register_channel("/none", "", 0),
            "empty": writer.register_channel("/never", "json", ids["json"]),
        }
        for i in range(3):
            at = T0 + i * STEP
            value = {"x": i + 0.5, "count": i, "name": "n", "ok": True, "list": [1, 2.5], "blob": "AAEC", "inner": {"y": 1}, "any": [1, {"z": None}]}
            writer.add_message(channels["json"], at, json.dumps(value).encode(), at, i)
            writer.add_message(channels["free"], at, json.dumps({"k": i}).encode(), at, i)
            writer.add_message(channels["flat"], at, bytes([i, 1]), at, i)
            writer.add_message(channels["none"], at, b"", at, i)
        writer.add_attachment(T0, T0 + 1, "a.txt", "text/plain", b"hello")
        writer.add_attachment(T0 + 2, T0 + 3, "b.bin", "application/octet-stream", b"\x00\x01")
        writer.add_metadata("robot", {"serial": "42", "color": "red"})
        writer.add_metadata("robot", {"color": "blue", "x": "y"})
        writer.add_metadata("site", {"city": "Bern"})
        writer.finish()


def fractions(i):
    """Colours between 0 and 1, some of which are no bytes, and what is no colour."""
    return [[n / 255, (n + 0.5) / 255, n / 256 + i / 7, [1.0, -0.5, math.nan, 1.5, math.inf][n % 5]] for n in range(0, 256, 5)]


def fraction_points(code):
    def make(i):
        m = stamped(PointCloud_pb2.PointCloud(), i, "lidar")
        size = struct.calcsize(code)
        for n, name in enumerate(["x", "y", "z"]):
            m.fields.add(name=name, offset=4 * n, type=7)
        for n, name in enumerate(["red", "green", "blue", "alpha"]):
            m.fields.add(name=name, offset=12 + n * size, type=7 if code == "f" else 8)
        m.point_stride = 12 + 4 * size
        m.data = b"".join(struct.pack(f"<fff{4 * code}", 0, 0, 0, *color) for color in fractions(i))
        return m
    return make


def fraction_fixes(i):
    m = LocationFixes_pb2.LocationFixes()
    for color in fractions(i):
        part = fix(i, False)
        part.color.r, part.color.g, part.color.b, part.color.a = color
        m.fixes.append(part)
    return m


protobuf("foxglove.mcap", FOXGLOVE)
protobuf("foxglove-colors.mcap", [
    ("/floats", fraction_points("f")), ("/doubles", fraction_points("d")), ("/fixes", fraction_fixes)], 2)
protobuf("protobuf.mcap", [("/everything", everything)])
other("other.mcap")


def gaps(path):
    """Messages that lack parts, beside messages that have them."""
    def bare_pose(i):
        m = pose_in_frame(i)
        if i % 2:
            m.pose.ClearField("position")
        return m

    def bare_transform(i):
        m = transform(i)
        if i % 2:
            m.ClearField("translation")
        return m

    def few_fixes(i):
        m = LocationFixes_pb2.LocationFixes()
        m.fixes.append(fix(10 * i, i % 2 == 0))
        m.fixes.append(fix(10 * i + 1, False))
        return m

    def unknown_level(i):
        m = log(i)
        m.level = 0 if i % 2 else 2
        return m

    def no_transforms(i):
        return FrameTransforms_pb2.FrameTransforms() if i % 2 else transforms(i)

    protobuf(path, [
        ("/cloud", lambda i: cloud(i, i % 2 == 0, i % 2 == 0)), ("/pose", bare_pose), ("/tf", bare_transform), ("/fixes", few_fixes),
        ("/log", unknown_level), ("/tfs", no_transforms), ("/none", lambda i: FrameTransforms_pb2.FrameTransforms())])


gaps("foxglove-gaps.mcap")
