"""Shrinks images without loss, and those that stay large with a palette of 256 colours.

usage: shrink_image.py a.png b.png
"""

from __future__ import annotations

import sys
from pathlib import Path

from PIL import Image

MAX_BYTES = 200_000

for path in sys.argv[1:]:
    image = Image.open(path).convert("RGB")
    image.save(path, optimize=True)
    if Path(path).stat().st_size > MAX_BYTES:
        image.quantize(256, dither=Image.Dither.NONE).save(path, optimize=True)
