import numpy as np
import rerun as rr

TWO_POINTS = [0, 0, 0, 1, 1, 1]


def _log_colors(rec: rr.RecordingStream, path: str, colors: rr.encodings.Rgba32ArrayLike) -> None:
    rec.log(path, rr.Points3D(TWO_POINTS, colors=colors))


def bytes(rec: rr.RecordingStream) -> None:
    _log_colors(rec, "rgb", [255, 128, 0])
    _log_colors(rec, "rgba", [255, 128, 0, 64])
    _log_colors(rec, "nested", [[255, 0, 0], [0, 255, 0]])
    _log_colors(rec, "nested rgba", [[255, 0, 0, 1], [0, 255, 0, 2]])
    _log_colors(rec, "mixed lengths", [[255, 0, 0], [0, 255, 0, 9]])
    _log_colors(rec, "nearly black", [1, 0, 0])


def byte_arrays(rec: rr.RecordingStream) -> None:
    _log_colors(rec, "rgb", np.array([255, 128, 0], dtype=np.uint8))
    _log_colors(rec, "rgba", np.array([255, 128, 0, 64], dtype=np.uint8))
    _log_colors(rec, "rgba for each point", np.array([[255, 0, 0, 255], [0, 255, 0, 128]], dtype=np.uint8))
    _log_colors(rec, "rgb for each point", np.array([[255, 0, 0], [0, 255, 0]], dtype=np.uint8))
    _log_colors(rec, "said to be rgb", np.array([[255, 0, 0], [0, 255, 0], [0, 0, 255]], dtype=np.uint8))
    _log_colors(rec, "said to be rgba", [[255, 0, 0, 1], [0, 255, 0, 2], [0, 0, 255, 3]])
    _log_colors(rec, "rows", [[255, 0, 0], [0, 255, 0, 9]])


def fractions(rec: rr.RecordingStream) -> None:
    _log_colors(rec, "float32 rgb", np.array([1, 0.5, 0], dtype=np.float32))
    _log_colors(rec, "float64 rgba", np.array([1, 0.5, 0, 0.25]))
    _log_colors(rec, "float32 for each point", np.array([[1, 0, 0, 0.5], [0, 1, 0, 0.25]], dtype=np.float32))
    _log_colors(rec, "object", [1.0, 0.5, 0.0])
    _log_colors(rec, "objects", [[1.0, 0.0, 0.0, 0.5], [0.0, 1.0, 0.0, 0.25]])


def every_fraction(rec: rr.RecordingStream) -> None:
    for index in range(510):
        _log_colors(rec, "grey", np.array([index / 509] * 4))


def packed_numbers(rec: rr.RecordingStream) -> None:
    _log_colors(rec, "one", 0xFF8000FF)
    _log_colors(rec, "two", [0xFF8000FF, 0x00FF00FF])
    _log_colors(rec, "small", [1, 2])
    _log_colors(rec, "five", [1, 2, 3, 4, 5])
    _log_colors(rec, "eight bytes are eight numbers", [255, 0, 0, 255, 0, 255, 0, 255])
    _log_colors(rec, "three in a typed array", np.array([0xFF8000FF, 1, 2], dtype=np.uint32))
    _log_colors(rec, "none", [])


CSS = {
    "red": 0xFF0000FF,
    "lime": 0x00FF00FF,
    "BLUE": 0x0000FFFF,
    "orange": 0xFFA500FF,
    "grey": 0x808080FF,
    "gray": 0x808080FF,
    "rebeccapurple": 0x663399FF,
    "lightgoldenrodyellow": 0xFAFAD2FF,
    "transparent": 0x00000000,
    "#f80": 0xFF8800FF,
    "#f804": 0xFF880044,
    "#FF8001": 0xFF8001FF,
    "#ff800140": 0xFF800140,
    "rgb(255, 128, 0)": 0xFF8000FF,
    "rgb(255 128 0 / 50%)": 0xFF800080,
    "rgba(255, 128, 0, 0.25)": 0xFF800040,
    "rgb(100%, 50%, 0%)": 0xFF8000FF,
    "hsl(120, 100%, 25%)": 0x008000FF,
    "hsla(240, 100%, 50%, 0.5)": 0x0000FF80,
    "hsl(210 50% 40%)": 0x336699FF,
    "hwb(0 20% 40%)": 0x993333FF,
}


def css_texts(rec: rr.RecordingStream) -> None:
    for text, number in CSS.items():
        _log_colors(rec, text, number)
    _log_colors(rec, "list", np.array(list(CSS.values()), dtype=np.uint32))


def mixed_forms(rec: rr.RecordingStream) -> None:
    colors = np.array([0xFF0000FF, 0x00FF00FF, 0x0000FFFF, 0x01020304, 0xFFFFFFFF], dtype=np.uint32)
    _log_colors(rec, "points", colors)
