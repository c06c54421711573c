import numpy as np
import rerun as rr

NUMBERS = np.arange(6).reshape(2, 3)


def all_fields(rec: rr.RecordingStream) -> None:
    depth = rr.DepthImage(
        NUMBERS.astype(np.uint16),
        meter=1000,
        colormap="turbo",
        depth_range=[0.1, 5],
        point_fill_ratio=0.1,
        draw_order=-20.5,
        magnification_filter="linear",
    )
    rec.log("depth", depth)
    rec.log("classes", rr.SegmentationImage(NUMBERS.astype(np.uint8), opacity=0.1, draw_order=0.5))


def every_kind_of_array(rec: rr.RecordingStream) -> None:
    integers = ["uint8", "int8", "uint16", "int16", "uint32", "int32", "uint64", "int64"]
    for dtype in [*integers, "float32", "float64"]:
        rec.log(f"depth/{dtype}", rr.DepthImage(NUMBERS.astype(dtype)))
        rec.log(f"classes/{dtype}", rr.SegmentationImage(NUMBERS.astype(dtype)))


def half_floats(rec: rr.RecordingStream) -> None:
    bits = np.array([[0, 0x3C00, 0xBC00], [0x0001, 0x7BFF, 0x3555]], dtype=np.uint16)
    rec.log("depth", rr.DepthImage(bits.view(np.float16)))
