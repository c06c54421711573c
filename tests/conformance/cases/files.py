import os
import struct
import tempfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import rerun as rr
from case import recordings

ASSETS = Path(__file__).parents[3] / "examples/assets"
BYTES = b"x"

PICTURES = "avif bmp dds exr farbfeld ff gif hdr ico jpeg jpg pam pbm pgm png ppm tga tif tiff webp rvl"
OTHERS = "aac flac m4a mp3 oga ogg opus wav dae glb gltf obj stl md txt"


def kinds(rec: rr.RecordingStream) -> None:
    rec.set_time("frame", sequence=7)
    for extension in f"{PICTURES} {OTHERS} PNG Txt".split():
        rr.log_file_from_contents(f"file.{extension}", BYTES, recording=rec)
    rec.flush()


def paths(rec: rr.RecordingStream) -> None:
    folder = Path(tempfile.mkdtemp(prefix="rerun-ts-")) / "notes"
    folder.mkdir()
    (folder / "notes.md").write_bytes("# Notes\n\nwith ünicode\r\n".encode())
    previous = os.getcwd()
    os.chdir(folder)
    rr.log_file_from_path("notes.md", recording=rec)
    rr.log_file_from_path("./../notes/notes.md", entity_path_prefix="elsewhere", recording=rec)
    rec.flush()
    os.chdir(previous)
    rr.log_file_from_path(ASSETS / "picture.jpg", recording=rec)
    rr.log_file_from_path(ASSETS / "depth.png", entity_path_prefix="world/cameras", static=True, recording=rec)
    rr.log_file_from_path(ASSETS / "clip.mp4", recording=rec)
    rr.log_file_from_path(ASSETS / "clip.mp4", entity_path_prefix="again", recording=rec)
    rec.flush()


def parquet(rec: rr.RecordingStream) -> None:
    path = Path(tempfile.mkdtemp(prefix="rerun-ts-")) / "table.parquet"
    columns = {
        "arm": pa.array([1, 2, 3], pa.int64()),
        "arm_x": pa.array([0.5, None, 2.5], pa.float64()),
        "arm_y": pa.array([1.5, 2.5, 3.5], pa.float64()),
        "solo_name": pa.array(["a", "ü", ""], pa.string()),
        "cam/is_open": pa.array([True, False, True], pa.bool_()),
        "end_": pa.array([7, 8, 9], pa.int64()),
    }
    pq.write_table(pa.table(columns), path, store_schema=False)
    rr.log_file_from_path(path, recording=rec)
    rr.log_file_from_path(path, entity_path_prefix="world/table", recording=rec)
    rec.flush()


def names(rec: rr.RecordingStream) -> None:
    names = [
        "a b/c d.txt",
        "/absolute/path.txt",
        "über/日本語 🎉.txt",
        "a/../b/./c//d.txt",
        "../../up.txt",
        "C:\\folder\\file.txt",
        "archive.tar.txt",
        ".hidden.txt",
        "quotes'\"[1].txt",
    ]
    for name in names:
        rr.log_file_from_contents(name, name.encode(), recording=rec)
        rr.log_file_from_contents(name, name.encode(), entity_path_prefix="/prefix/with\\ space", recording=rec)
    rec.flush()


XYZ = "property float x\nproperty float y\nproperty float z\n"
SPLAT = [
    *["x", "y", "z", "nx", "ny", "nz", "f_dc_0", "f_dc_1", "f_dc_2"],
    *[f"f_rest_{index}" for index in range(9)],
    *["opacity", "scale_0", "scale_1", "scale_2", "rot_0", "rot_1", "rot_2", "rot_3"],
]


def _ply(properties: str, count: int, data: str, format: str = "ascii") -> bytes:
    header = f"ply\nformat {format} 1.0\ncomment written by a test\nelement vertex {count}\n{properties}"
    return f"{header}end_header\n{data}".encode()


def points_of_ply(rec: rr.RecordingStream) -> None:
    rgb = "property uchar red\nproperty uchar green\nproperty uchar blue\n"
    files = {
        "plain": _ply(XYZ, 2, "1 2 3\n-0.1 4.5e-3 1e10\n"),
        "flat": _ply("property double x\nproperty int y\n", 2, "0.1 2\r\n3 -4\r\n"),
        "none": _ply(XYZ + rgb, 0, ""),
        "colors": _ply(f"{XYZ}{rgb}property uchar alpha\nproperty float radius\n", 1, "1 2 3 10 20 30 40 0.5\n"),
        "fractions": _ply(XYZ + rgb.replace("uchar", "float"), 2, "1 2 3 0.5 1 0\n1 2 3 2 -1 0.999\n"),
        "wide": _ply(f"{XYZ}{rgb.replace('uchar', 'int')}property double radius\n", 1, "1 2 3 300 -1 255 0.1\n"),
        "labels": _ply(f"{XYZ}property list uchar uchar label\n", 2, "1 2 3 2 72 105\n4 5 6 0\n"),
        "noIndices": _ply(XYZ, 1, "1 2 3\n7\n").replace(b"end_header", b"element face 1\nproperty int m\nend_header"),
    }
    for name, file in files.items():
        rr.log_file_from_contents(f"{name}.ply", file, recording=rec)
    rec.flush()


def other_plys(rec: rr.RecordingStream) -> None:
    faces = "element face 1\nproperty list uchar int vertex_indices\n"
    rr.log_file_from_contents("mesh.ply", _ply(XYZ + faces, 3, "0 0 0\n1 0 0\n0 1 0\n3 0 1 2\n"), recording=rec)
    properties = "".join(f"property float {name}\n" for name in SPLAT)
    rows = [" ".join(f"{((index * 7 + row * 5) % 13) / 4 - 1}" for index in range(len(SPLAT))) for row in range(3)]
    rr.log_file_from_contents("splats.ply", _ply(properties, 3, "\n".join(rows) + "\n"), recording=rec)
    bare = "".join(f"property float {name}\n" for name in SPLAT if not name.startswith("f_rest"))
    rr.log_file_from_contents("bare.ply", _ply(bare, 1, "1 2 3 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n"), recording=rec)
    rec.flush()


def binary_plys(rec: rr.RecordingStream) -> None:
    for name, order in [("little", "<"), ("big", ">")]:
        row = struct.Struct(f"{order}fffHhBB")
        data = b"".join(row.pack(i, i + 1 / 10, i + 2 / 10, 40_000 + i, -2, 1, 65 + i) for i in range(2))
        properties = f"{XYZ}property ushort radius\nproperty short ignored\nproperty list uchar uchar label\n"
        header = _ply(properties, 2, "", f"binary_{name}_endian")
        rr.log_file_from_contents(f"{name}.ply", header + data, recording=rec)
    rec.flush()


@recordings({"recording_id": "files", "send_properties": False})
def recording_with_the_same_ids(rec: rr.RecordingStream) -> None:
    other = rr.RecordingStream(
        "conformance", recording_id="files", batcher_config=rr.ChunkBatcherConfig.ALWAYS_TEST_ONLY()
    )
    path = Path(tempfile.mkdtemp(prefix="rerun-ts-")) / "other.rrd"
    other.save(path)
    for frame in range(3):
        other.set_time("frame", sequence=frame)
        other.log("points", rr.Points3D([[frame, 0, 0]], radii=0.5 if frame == 1 else None))
    other.send_recording_name("imported")
    other.disconnect()
    rr.log_file_from_contents("other.rrd", path.read_bytes(), recording=rec)
    rec.flush()


def readers(rec: rr.RecordingStream) -> None:
    rec.log("picture", rr.EncodedImage(path=ASSETS / "picture.jpg"))
    rec.log("depth", rr.EncodedDepthImage((ASSETS / "depth.png").read_bytes(), media_type="image/png"))
    rec.log("video", rr.AssetVideo(path=ASSETS / "clip.mp4"), static=True)
    rec.log("same", rr.AssetVideo(path=ASSETS / "clip.mp4"), static=True)
