"""Whether two recordings hold the same values: python equal_values.py <a.rrd> <b.rrd>

Compares every component and every timeline of every entity, however their rows are cut into chunks: the number of
rows and a digest of all values. Left out: row ids, `log_time` and the recording's own properties. Prints what differs
and ends with the exit code 1 if anything does.
"""

import hashlib
import sys

import pyarrow as pa
import pyarrow.compute as pc
from rerun.chunk import RrdReader


def columns_of(file):
    """All arrays of each column, by entity and name."""
    columns = {}
    for chunk in RrdReader(file).stream().to_chunks():
        if chunk.entity_path.startswith("/__properties"):
            continue
        batch = chunk.to_record_batch()
        for name in batch.schema.names:
            if not name.startswith("rerun.controls") and name != "log_time":
                columns.setdefault((chunk.entity_path, name), []).append(batch.column(name))
    return {key: describe(pa.chunked_array(arrays).combine_chunks()) for key, arrays in columns.items()}


def describe(array):
    digest = hashlib.sha256()
    rows = len(array)
    kind = array.type
    update(digest, array)
    return f"{rows} rows of {kind}, digest {digest.hexdigest()[:16]}"


def update(digest, array):
    """Adds lengths and values, level by level: they do not depend on how an array lies in memory."""
    if isinstance(array, pa.StructArray):
        digest.update(repr(pc.is_null(array).to_pylist()).encode())
        for field in array.flatten():
            update(digest, field)
    elif pa.types.is_list(array.type) or pa.types.is_large_list(array.type) or pa.types.is_fixed_size_list(array.type):
        digest.update(repr(pc.list_value_length(array).to_pylist()).encode())
        update(digest, array.flatten())
    elif pa.types.is_primitive(array.type) and array.null_count == 0:
        digest.update(array.to_numpy(zero_copy_only=False).tobytes())
    else:
        digest.update(repr(array.to_pylist()).encode())


def main():
    a, b = (columns_of(file) for file in sys.argv[1:3])
    differing = [key for key in sorted(set(a) | set(b)) if a.get(key) != b.get(key)]
    for key in differing:
        print(f"{':'.join(key)}: {a.get(key, 'absent')} / {b.get(key, 'absent')}")
    if not a:
        print(f"{sys.argv[1]} has no rows")
    sys.exit(1 if differing or not a else 0)


main()
