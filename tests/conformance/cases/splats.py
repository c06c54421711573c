from typing import Any

import numpy as np
import rerun as rr

NUMBERS_PER_SPLAT = 45


def all_fields(rec: rr.RecordingStream) -> None:
    splats = rr.GaussianSplats3D(
        [[1, 2, 3], [-0.1, 5.5, 6]],
        scales=[[0.1, 0.2, 0.3], [1, 2, 3]],
        quaternions=[[0, 0, 0, 1], [0.5, -0.5, 0.5, 0.5]],
        colors=[0xFF000080, 0x0000FFFF],
        sh_coefficients=np.float32(np.arange(90) / 7 - 3),
        spherical_harmonics_degree=3,
    )
    rec.log("splats", splats)


def forms_of_coefficients(rec: rr.RecordingStream) -> None:
    for index in range(6):
        rec.log(f"{index}", rr.GaussianSplats3D([0, 0, 0], sh_coefficients=np.arange(45) / 64))


def half_floats(rec: rr.RecordingStream) -> None:
    special = [65504, 65519.99, 65520, 1e5, 2**-24, 2**-25, 2.9802323e-8, 1e-8, 2**-14, 6.1e-5, 2049, 2051]
    signed = [0, -0.0, np.inf, -np.inf, *special, *[-number for number in special]]
    _log_coefficients(rec, "special", np.array(signed))
    for exponent in range(-27, 18):
        numbers = 2.0**exponent * (1 + np.arange(450) / 450)
        _log_coefficients(rec, "float64", numbers)
        _log_coefficients(rec, "float32", np.float32(numbers))


def bits(rec: rr.RecordingStream) -> None:
    finite = np.concatenate([np.arange(31744), np.arange(32768, 64512)]).astype(np.uint16)
    _log_coefficients(rec, "all finite numbers", finite[: 1410 * NUMBERS_PER_SPLAT].view(np.float16))


def columns(rec: rr.RecordingStream) -> None:
    frames = rr.TimeColumn("frame", sequence=[1, 2])
    coefficients = (np.arange(135) / 64).reshape(3, 45)
    splats = rr.GaussianSplats3D.columns(centers=np.zeros((3, 3)), sh_coefficients=coefficients)
    rec.send_columns("splats", [frames], splats.partition([1, 2]))


def _log_coefficients(rec: rr.RecordingStream, path: str, numbers: np.ndarray[Any, Any]) -> None:
    padded = np.pad(numbers, (0, -len(numbers) % NUMBERS_PER_SPLAT))
    # numpy warns of what is too large.
    with np.errstate(over="ignore"):
        rec.log(path, rr.GaussianSplats3D([0, 0, 0], sh_coefficients=padded.astype(np.float16)))
