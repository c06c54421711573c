"""Compresses files with zstd: `compress.py <folder>` writes `<name>.zst` for each file of the folder."""
import sys
from pathlib import Path

import pyarrow

for path in list(Path(sys.argv[1]).iterdir()):
    path.with_name(f"{path.name}.zst").write_bytes(pyarrow.compress(path.read_bytes(), codec="zstd", asbytes=True))
