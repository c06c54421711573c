"""Makes pictures smaller: a palette of 256 colours is enough for what a viewer shows.

usage: shrink_picture.py a.png b.png
"""

from __future__ import annotations

import sys

from PIL import Image

for path in sys.argv[1:]:
    picture = Image.open(path).convert("RGB").quantize(256, dither=Image.Dither.NONE)
    picture.save(path, optimize=True)
