"""Turns PNG images into small WebP images beside them, and removes the PNG images.

usage: shrink_image.py [--width PIXELS] [--small PIXELS] a.png b.png
"""

from __future__ import annotations

import argparse
from pathlib import Path

from PIL import Image

parser = argparse.ArgumentParser()
parser.add_argument("--width", type=int, help="the width of the result; by default that of the image")
parser.add_argument("--small", type=int, help="the width of a copy in the folder `small` beside each image")
parser.add_argument("images", nargs="+", type=Path)
args = parser.parse_args()



def resized(image: Image.Image, width: int) -> Image.Image:
    return image.resize((width, round(image.height * width / image.width)), Image.Resampling.LANCZOS)


for path in args.images:
    image = Image.open(path).convert("RGB")
    if args.small is not None:
        small = path.parent / "small" / path.with_suffix(".webp").name
        small.parent.mkdir(exist_ok=True)
        resized(image, args.small).save(small, quality=80, method=6)
    if args.width is not None:
        image = resized(image, args.width)
    image.save(path.with_suffix(".webp"), quality=80, method=6)
    path.unlink()
