"""Writes the MCAP files of this folder. Needs mcap-ros2-support, mcap-protobuf-support and foxglove-schemas-protobuf."""
import json
import struct
import sys
from pathlib import Path

from mcap.writer import CompressionType, Writer
from mcap_ros2.writer import Writer as Ros2Writer
from ros_messages import definition

out = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parent)
T0 = 1_700_000_000_000_000_000
STEP = 100_000_000


def stamp(index):
    return {"sec": 1_600_000_000 + index, "nanosec": 250}


def header(index, frame="base"):
    return {"stamp": stamp(index), "frame_id": frame}


def vec(x, y, z):
    return {"x": float(x), "y": float(y), "z": float(z)}


def quat(x, y, z, w):
    return {"x": float(x), "y": float(y), "z": float(z), "w": float(w)}


def pose(n):
    return {"position": vec(n, 2, 3), "orientation": quat(0, 0, 1, 0)}


def field(name, offset, datatype, count=1):
    return {"name": name, "offset": offset, "datatype": datatype, "count": count}


def cloud(index, big):
    order = ">" if big else "<"
    data = b"".join(struct.pack(order + "fffHB", n + index, 2 * n, 0.5, 7 * n, n) for n in range(3))
    return {
        "header": header(index, "lidar"), "height": 1, "width": 3, "is_bigendian": big, "point_step": 15, "row_step": 45,
        "fields": [field("x", 0, 7), field("y", 4, 7), field("z", 8, 7), field("intensity", 12, 4), field("ring", 14, 2)],
        "data": data, "is_dense": True,
    }


def image(index, encoding, width, height, pixel, padding=0, fill=None):
    step = width * pixel + padding
    data = bytes((fill if fill is not None else n * 7 + index) % 256 for n in range(step * height))
    return {"header": header(index, "cam"), "height": height, "width": width, "encoding": encoding,
            "is_bigendian": 0, "step": step, "data": data}


def camera(index):
    return {
        "header": header(index, "cam"), "height": 480, "width": 640, "distortion_model": "plumb_bob", "d": [0.1, 0.2],
        "k": [500.0, 0.0, 320.0, 0.0, 510.0, 240.0, 0.0, 0.0, 1.0], "r": [1.0, 0, 0, 0, 1.0, 0, 0, 0, 1.0],
        "p": [float(n) for n in range(12)], "binning_x": 0, "binning_y": 0,
        "roi": {"x_offset": 0, "y_offset": 0, "height": 0, "width": 0, "do_rectify": False},
    }


def measured(name):
    return lambda i: {"header": header(i), name: 20.5 + i, "variance": 0.25}


def log(index):
    return {"stamp": stamp(index), "level": [10, 20, 30, 40, 50, 35][index % 6], "name": "nav", "msg": f"message {index}",
            "file": "a.cpp", "function": "run", "line": 10 + index}


def everything(i):
    inner = lambda n: {"label": f"in{n}", "pair": [n + 0.5, -n]}
    return {"flag": True, "raw": 200, "letter": 65, "i8": -3, "u8": 250, "i16": -300, "u16": 60000, "i32": -70000, "u32": 4000000000,
            "i64": -(2**60), "u64": 2**63 + 1, "f32": 1.5, "f64": 2.25, "text": "héllo", "bounded": "short", "fixed": [1, -2, 3],
            "few": bytes([1, 2]), "words": ["a", "", "ccc"], "flags": [True, False, True], "inner": inner(i),
            "inners": [inner(n) for n in range(i)], "waits": [{"sec": 1, "nanosec": 5}]}


ROS2 = [
    ("/text", "std_msgs/msg/String", lambda i: {"data": f"text {i}"}),
    ("/imu", "sensor_msgs/msg/Imu", lambda i: {
        "header": header(i), "orientation": quat(0, 0, 0.6, 0.8), "orientation_covariance": [0.0] * 9,
        "angular_velocity": vec(i, 1, 2), "angular_velocity_covariance": [0.0] * 9,
        "linear_acceleration": vec(0, 0, 9.81), "linear_acceleration_covariance": [0.0] * 9}),
    ("/joints", "sensor_msgs/msg/JointState", lambda i: {
        "header": header(i), "name": ["a", "b"], "position": [i + 0.5, 2.0], "velocity": [0.1, 0.2], "effort": []}),
    ("/joy", "sensor_msgs/msg/Joy", lambda i: {"header": header(i), "axes": [0.5, -1.0], "buttons": [0, 1, i]}),
    ("/battery", "sensor_msgs/msg/BatteryState", lambda i: {
        "header": header(i), "voltage": 12.5, "temperature": 21.0, "current": -1.5, "charge": 3.0, "capacity": 4.0,
        "design_capacity": 5.0, "percentage": 0.75, "power_supply_status": 2, "power_supply_health": 1,
        "power_supply_technology": 3, "present": True, "cell_voltage": [4.0, 4.25], "cell_temperature": [20.0],
        "location": "slot", "serial_number": "s1"}),
    ("/range", "sensor_msgs/msg/Range", lambda i: {
        "header": header(i), "radiation_type": 1, "field_of_view": 0.5, "min_range": 0.25, "max_range": 8.0,
        "range": 1.5 + i, "variance": 0.0}),
    ("/array", "std_msgs/msg/Float64MultiArray", lambda i: {
        "layout": {"dim": [{"label": "x", "size": 2, "stride": 2}], "data_offset": 0}, "data": [1.0 * i, 2.5]}),
    ("/array2", "std_msgs/msg/Float64Array", lambda i: {"data": [3.0 * i]}),
    ("/cloud", "sensor_msgs/msg/PointCloud2", lambda i: cloud(i, False)),
    ("/cloud_big", "sensor_msgs/msg/PointCloud2", lambda i: cloud(i, True)),
    ("/camera/rgb", "sensor_msgs/msg/Image", lambda i: image(i, "rgb8", 3, 2, 3, 2)),
    ("/camera/bgra", "sensor_msgs/msg/Image", lambda i: image(i, "bgra8", 2, 2, 4)),
    ("/camera/mono16", "sensor_msgs/msg/Image", lambda i: image(i, "mono16", 2, 2, 2)),
    ("/camera/depth", "sensor_msgs/msg/Image", lambda i: image(i, "32FC1", 2, 2, 4, fill=0)),
    ("/camera/depth16", "sensor_msgs/msg/Image", lambda i: image(i, "16UC1", 2, 2, 2)),
    ("/camera/yuyv", "sensor_msgs/msg/Image", lambda i: image(i, "yuyv", 2, 2, 2)),
    ("/camera/nv12", "sensor_msgs/msg/Image", lambda i: {**image(i, "nv12", 2, 3, 1), "height": 2}),
    ("/camera/bayer", "sensor_msgs/msg/Image", lambda i: image(i, "bayer_rggb8", 2, 2, 1)),
    ("/camera/unknown", "sensor_msgs/msg/Image", lambda i: image(i, "strange9", 2, 2, 1)),
    ("/camera/jpeg", "sensor_msgs/msg/CompressedImage", lambda i: {
        "header": header(i, "cam"), "format": "jpeg", "data": b"\xff\xd8\xff" + bytes([i])}),
    ("/camera/rvl", "sensor_msgs/msg/CompressedImage", lambda i: {
        "header": header(i, "cam"), "format": "16UC1; compressedDepth RVL",
        "data": struct.pack("<iff", 0, 0.0, 0.0) + struct.pack("<II", 2, 2) + bytes([1, 2, 3, 4])}),
    ("/camera/h264", "sensor_msgs/msg/CompressedImage", lambda i: {
        "header": header(i, "cam"), "format": "h264", "data": b"\x00\x00\x00\x01\x65" + bytes([i])}),
    ("/camera/info", "sensor_msgs/msg/CameraInfo", camera),
    ("/tf", "tf2_msgs/msg/TFMessage", lambda i: {"transforms": [
        {"header": header(i, "map"), "child_frame_id": f"child{n}",
         "transform": {"translation": vec(n, i, 0), "rotation": quat(0, 0, 0, 1)}} for n in range(i + 1)]}),
    ("/pose", "geometry_msgs/msg/PoseStamped", lambda i: {"header": header(i), "pose": pose(i)}),
    ("/fix", "sensor_msgs/msg/NavSatFix", lambda i: {
        "header": header(i), "status": {"status": 0, "service": 1}, "latitude": 47.5 + i, "longitude": 8.5,
        "altitude": 400.0, "position_covariance": [0.0] * 9, "position_covariance_type": 0}),
    ("/temperature", "sensor_msgs/msg/Temperature", measured("temperature")),
    ("/pressure", "sensor_msgs/msg/FluidPressure", measured("fluid_pressure")),
    ("/light", "sensor_msgs/msg/Illuminance", measured("illuminance")),
    ("/humidity", "sensor_msgs/msg/RelativeHumidity", measured("relative_humidity")),
    ("/magnet", "sensor_msgs/msg/MagneticField", lambda i: {
        "header": header(i), "magnetic_field": vec(1e-5, i, 3), "magnetic_field_covariance": [0.0] * 9}),
    ("/rosout", "rcl_interfaces/msg/Log", log),
    ("/grid", "nav_msgs/msg/OccupancyGrid", lambda i: {
        "header": header(i, "map"), "info": {"map_load_time": stamp(0), "resolution": 0.5, "width": 3, "height": 2, "origin": pose(i)},
        "data": [0, 50, 100, -1, 7, i]}),
    ("/voxels", "nav2_msgs/msg/VoxelGrid", lambda i: {
        "header": header(i, "map"), "data": [0x00010001, 0x00030000, 0x0, 0x00000004 + i], "origin": vec(1, 2, 3),
        "resolutions": vec(0.5, 0.5, 0.25), "size_x": 2, "size_y": 2, "size_z": 3}),
    ("/everything", "demo_msgs/msg/Everything", everything),
    ("noslash/a b", "std_msgs/msg/String", lambda i: {"data": f"odd {i}"}),
]


def ros2(path, messages=6, per_chunk=3, topics=ROS2, **options):
    with open(out / path, "wb") as file:
        writer = Ros2Writer(file, **options)
        schemas = {}
        for i in range(messages):
            for n, (topic, kind, make) in enumerate(topics):
                if kind not in schemas:
                    schemas[kind] = writer.register_msgdef(kind, definition(kind.replace("/msg/", "/")))
                at = T0 + i * STEP + n * 1000
                writer.write_message(topic, schemas[kind], make(i), at, at - 500, i)
            if i % per_chunk == per_chunk - 1:
                finish_chunk(writer)
        writer.finish()


def finish_chunk(writer):
    inner = getattr(writer, "_writer", writer)
    getattr(inner, "_Writer__finalize_chunk")()


ros2("ros2.mcap")
ros2("ros2-lz4.mcap", 3, topics=ROS2[:2], compression=CompressionType.LZ4)

ENCODINGS = {"rgb8": 3, "rgba8": 4, "rgb16": 6, "rgba16": 8, "bgr8": 3, "bgra8": 4, "bgr16": 6, "bgra16": 8, "8UC3": 3, "mono8": 1,
             "mono16": 2, "yuyv": 2, "yuv422_yuy2": 2, "bayer_rggb8": 1, "bayer_bggr8": 1, "bayer_gbrg8": 1, "bayer_grbg8": 1,
             "8UC1": 1, "8SC1": 1, "16UC1": 2, "16SC1": 2, "32SC1": 4, "32FC1": 4, "64FC1": 8}
ros2("ros2-images.mcap", 2, 2, [
    (f"/{name}", "sensor_msgs/msg/Image", lambda i, name=name, pixel=pixel: image(i, name, 2, 2, pixel, 1))
    for name, pixel in ENCODINGS.items()])


ROBOT = """<robot name="arm"><link name="base"><visual><geometry><box size="1 2 3"/></geometry></visual></link>
<link name="tip"><visual><origin xyz="0 0 1"/><geometry><sphere radius="0.5"/></geometry>
<material name="red"><color rgba="1 0 0 1"/></material></visual>
<collision><geometry><cylinder radius="0.5" length="2"/></geometry></collision></link>
<joint name="turn" type="revolute"><parent link="base"/><child link="tip"/><origin xyz="0 0 1"/><axis xyz="0 0 1"/>
<limit lower="-1" upper="1" effort="1" velocity="1"/></joint></robot>"""
ros2("robot.mcap", 2, 2, [("/robot_description", "std_msgs/msg/String", lambda i: {"data": ROBOT})])
