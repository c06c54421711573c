"""Turns PNG images into small WebP images beside them, and removes the PNG images.

usage: shrink_image.py [--width PIXELS] a.png b.png
"""

from __future__ import annotations

import argparse
from pathlib import Path

from PIL import Image

parser = argparse.ArgumentParser()
parser.add_argument("--width", type=int, help="the width of the result; by default that of the image")
parser.add_argument("images", nargs="+", type=Path)
args = parser.parse_args()

for path in args.images:
    image = Image.open(path).convert("RGB")
    if args.width is not None:
        image = image.resize((args.width, round(image.height * args.width / image.width)), Image.Resampling.LANCZOS)
    image.save(path.with_suffix(".webp"), quality=80, method=6)
    path.unlink()
