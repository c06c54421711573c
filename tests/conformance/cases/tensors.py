import numpy as np
import rerun as rr
from rerun.components import TensorDataBatch
from rerun.encodings import TensorData
from samples import one_by_one


def all_fields(rec: rr.RecordingStream) -> None:
    numbers = np.arange(6, dtype=np.uint8).reshape(2, 3)
    rec.log("tensor", rr.Tensor(numbers, dim_names=("height", "größe"), value_range=[0, 0.1]))
    values = np.array([0.1, 2, -3], dtype=np.float32)
    abscissa = np.array([1, 2, 3], dtype=np.uint16)
    rec.log("chart", rr.BarChart(values, color=[255, 0, 0], abscissa=abscissa, widths=[0.1, 1, 2]))


ARRAYS = {
    "uint8": [0, 1, 255],
    "uint16": [0, 1, 65535],
    "uint32": [0, 1, 2**32 - 1],
    "uint64": [0, 1, 2**64 - 1],
    "int8": [-128, -1, 127],
    "int16": [-32768, -1, 32767],
    "int32": [-(2**31), -1, 2**31 - 1],
    "int64": [-(2**63), -1, 2**63 - 1],
    "float32": [0.1, -0.0, np.inf],
    "float64": [0.1, -0.0, -np.inf],
}


def every_kind_of_array(rec: rr.RecordingStream) -> None:
    for dtype, numbers in ARRAYS.items():
        array = np.array(numbers, dtype=dtype)
        rec.log(dtype, rr.Tensor(array))
        rec.log(dtype, rr.Tensor(array))
        rec.log(dtype, rr.Tensor(array.reshape(1, 3, 1)))
        rec.log(f"{dtype}/bars", rr.BarChart(array))


def every_element_type(rec: rr.RecordingStream) -> None:
    for dtype, numbers in ARRAYS.items():
        rec.log(dtype, rr.Tensor(np.array(numbers, dtype=dtype)))
    rec.log("float16", rr.Tensor(np.array([0.1, -0.0, 1e-7, np.inf, 65519, 2049], dtype=np.float16)))
    rec.log("float16", rr.Tensor(np.array([0.1, 1 / 3], dtype=np.float16), dim_names=["x"]))
    rec.log("float32", rr.Tensor(np.array([0.1, 1 / 3], dtype=np.float32)))


def nested_lists(rec: rr.RecordingStream) -> None:
    rows = [[0.5, 1, 2], [3, 4, 5]]
    rec.log("one dimension", rr.Tensor([0.5, 1, 2]))
    rec.log("two", rr.Tensor(rows))
    rec.log("three", rr.Tensor([rows, rows]))
    rec.log("of typed arrays", rr.Tensor([np.array(row, dtype=np.float32) for row in rows]))
    rec.log("bigints", rr.Tensor([[1, -2], [2**60, 0]]))
    rec.log("bars", rr.BarChart([0.5, 1, 2], abscissa=[0, 0.1, 0.2]))


def shapes(rec: rr.RecordingStream) -> None:
    rec.log("scalar", rr.Tensor(np.zeros((), dtype=np.float32)))
    rec.log("empty", rr.Tensor(np.zeros((0, 3), dtype=np.uint8)))
    rec.log("nothing", rr.Tensor(np.zeros(0, dtype=np.uint8)))
    rec.log("typed shape", rr.Tensor(np.zeros((3, 2), dtype=np.uint8)))
    rec.log("five dimensions", rr.Tensor(np.zeros((2, 2, 1, 2, 2), dtype=np.int16), dim_names=[*"abcde"]))
    rec.log("names that are empty", rr.Tensor([1.0], dim_names=[""]))
    rec.log("large", rr.Tensor(np.arange(30_000, dtype=np.uint16).reshape(300, 100)))


def columns(rec: rr.RecordingStream) -> None:
    frames = rr.TimeColumn("frame", sequence=[1, 2, 3])
    data = one_by_one(
        TensorDataBatch,
        TensorData(array=np.arange(6, dtype=np.uint8).reshape(2, 3), dim_names=["a", "b"]),
        np.array([0.1], dtype=np.float32),
        np.array([[7]], dtype=np.uint8),
    )
    each = rr.Tensor.columns(data=data, value_range=[[0, 1], [2, 3], [4, 5]])
    rec.send_columns("each row", [frames], each)
    rec.send_columns("partitioned", [frames], rr.Tensor.columns(data=data).partition([2, 0, 1]))


def volumes(rec: rr.RecordingStream) -> None:
    volume = rr.Volume3D(
        (np.arange(24) / 7).astype(np.float32).reshape(2, 3, 4),
        voxel_size=[0.1, 0.2, 0.3],
        translation=[1, 2, 0.1],
        quaternion=[0, 0, 0.1, 0.9],
        value_range=[0, 0.1],
        gamma=2.2,
        colormap="spectral",
        optical_density=0.5,
    )
    rec.log("volume", volume)
