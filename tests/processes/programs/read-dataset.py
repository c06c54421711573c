"""Prints what Rerun's own client reads of a recording: `read-dataset.py <catalog> <dataset> <segment>`."""

import json
import sys
from collections import Counter

import rerun as rr

url, name, segment = sys.argv[1:]
dataset = rr.catalog.CatalogClient(url).get_dataset(name)
paths = sorted({chunk.entity_path for chunk in dataset.segment_store(segment).stream().to_chunks()})
rows = {}
for path in paths:
    if not path.startswith("/rows/"):
        continue
    table = dataset.filter_segments([segment]).filter_contents([path]).reader(index="row").to_arrow_table()
    values = table[f"{path}:Scalars:scalars"].to_pylist()
    rows[path] = [[row, value[0]] for row, value in zip(table["row"].to_pylist(), values) if value]

# A query has one row for each index, so only the chunks show what is there twice.
times, statics = Counter(), Counter()
for chunk in dataset.segment_store(segment).stream().to_chunks():
    batch = chunk.to_record_batch()
    ids = next(
        batch.column(index)
        for index, field in enumerate(batch.schema)
        if (field.metadata or {}).get(b"rerun:kind") == b"control" or "RowId" in field.name
    )
    (statics if chunk.is_static else times).update(bytes(value) for value in ids.to_pylist())
print(json.dumps({"rows": rows, "rowIds": times.total(), "twice": sum(n > 1 for n in times.values())}))
