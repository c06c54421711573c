import numpy as np
import rerun as rr

WIDTH = 3
HEIGHT = 2


def _pixels(channels: int, dtype: type = np.uint8) -> np.ndarray:
    shape = (HEIGHT, WIDTH) if channels == 1 else (HEIGHT, WIDTH, channels)
    return np.arange(WIDTH * HEIGHT * channels).astype(dtype).reshape(shape)


def all_fields(rec: rr.RecordingStream) -> None:
    filter = rr.components.MagnificationFilter.Linear
    rec.log("image", rr.Image(_pixels(3), opacity=0.5, draw_order=-7.5, magnification_filter=filter))


def every_color_model(rec: rr.RecordingStream) -> None:
    rec.log("grey by itself", rr.Image(_pixels(1)))
    rec.log("RGB by itself", rr.Image(_pixels(3)))
    rec.log("RGBA by itself", rr.Image(_pixels(4)))
    rec.log("L", rr.Image(_pixels(1), color_model="L"))
    for color_model in ["RGB", "BGR"]:
        rec.log(color_model, rr.Image(_pixels(3), color_model=color_model))
    for color_model in ["RGBA", "BGRA"]:
        rec.log(color_model, rr.Image(_pixels(4), color_model=color_model))


def every_kind_of_array(rec: rr.RecordingStream) -> None:
    types = {
        "u8": np.uint8,
        "i8": np.int8,
        "u16": np.uint16,
        "i16": np.int16,
        "u32": np.uint32,
        "i32": np.int32,
        "u64": np.uint64,
        "i64": np.int64,
        "f32": np.float32,
        "f64": np.float64,
    }
    for path, dtype in types.items():
        rec.log(path, rr.Image(_pixels(1, dtype)))
    rec.log("RGB of floats", rr.Image(_pixels(3, np.float32)))


def foreign_forms(rec: rr.RecordingStream) -> None:
    rec.log("ImageData", rr.Image(_pixels(4)))
    for path in ["ArrayBuffer", "part of a buffer", "sharp"]:
        rec.log(path, rr.Image(_pixels(3)))


PIXEL_FORMATS = {
    "Y_U_V12_LimitedRange": 9,
    "NV12": 9,
    "YUY2": 12,
    "Y8_FullRange": 6,
    "Y_U_V24_LimitedRange": 18,
    "Y_U_V24_FullRange": 18,
    "Y8_LimitedRange": 6,
    "Y_U_V12_FullRange": 9,
    "Y_U_V16_LimitedRange": 12,
    "Y_U_V16_FullRange": 12,
    "BayerRGGB8": 6,
    "BayerBGGR8": 6,
    "BayerGBRG8": 6,
    "BayerGRBG8": 6,
}


def every_pixel_format(rec: rr.RecordingStream) -> None:
    for name, sixths in PIXEL_FORMATS.items():
        rec.log(name, rr.Image(bytes=bytes(4 * sixths), width=6, height=4, pixel_format=name))


def _log_format(rec: rr.RecordingStream, path: str, buffer: bytes, **format: object) -> None:
    rec.log(path, rr.Image.from_fields(buffer=buffer, format=rr.components.ImageFormat(WIDTH, HEIGHT, **format)))


def formats_by_number(rec: rr.RecordingStream) -> None:
    buffer = _pixels(4).tobytes()
    for number in range(1, 6):
        _log_format(rec, "color model", buffer, color_model=number, channel_datatype=6)
    for number in [6, 7, 8, 9, 10, 11, 12, 13, 33, 34, 35]:
        _log_format(rec, "channel datatype", buffer, color_model=1, channel_datatype=number)
    for number in [20, 26, 27, 30, 39, 40, 41, 44, 49, 50, 128, 129, 130, 131]:
        _log_format(rec, "pixel format", buffer, pixel_format=number)


def formats_by_name(rec: rr.RecordingStream) -> None:
    buffer = bytes(WIDTH * HEIGHT * 2)
    _log_format(rec, "half floats", buffer, color_model="L", channel_datatype="F16")
    _log_format(rec, "size alone", buffer)


def every_filter(rec: rr.RecordingStream) -> None:
    for name in ["Nearest", "Linear", "Bicubic"]:
        rec.log("by name", rr.Image(_pixels(1), magnification_filter=name))
    for number in [1, 2, 3]:
        rec.log("by number", rr.Image(_pixels(1), magnification_filter=number))


def large_image(rec: rr.RecordingStream) -> None:
    indices = np.arange(640 * 480 * 3, dtype=np.uint64)
    rec.log("image", rr.Image((indices * indices % 251).astype(np.uint8).reshape(480, 640, 3)))
