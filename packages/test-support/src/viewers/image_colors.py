"""Counts the strong colours of images: colours that an empty viewer lacks. Prints one line of JSON.

usage: image_colors.py a.png b.png
"""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import numpy as np
from PIL import Image


def strong_colors(png: bytes) -> dict:
    """How many pixels are mostly red, green or blue."""
    pixels = np.asarray(Image.open(io.BytesIO(png)).convert("RGB")).reshape(-1, 3).astype(int)
    saturated = pixels[(pixels.max(axis=1) - pixels.min(axis=1)) > 120]
    hues = {name: int((saturated.argmax(axis=1) == channel).sum()) for channel, name in enumerate(["red", "green", "blue"])}
    return {"pixels": len(pixels), **hues}


if __name__ == "__main__":
    print(json.dumps([strong_colors(Path(path).read_bytes()) for path in sys.argv[1:]]))
