"""Reads a recording with Rerun's Python SDK: python read_python.py <workload> <times> <file> <steps>

Prints one line of JSON. The file was read before, so that it is in the memory of the system.
"""

import json
import sys
import time

import numpy as np
from peak_memory import peak_memory
from rerun.chunk import RrdReader

JOINTS = [f"/robot/joint_{joint}" for joint in range(10)]
LOOKUPS = 10_000


def lookups(steps):
    values = (np.arange(LOOKUPS) * (steps / LOOKUPS)).astype(np.int64)
    return {"contents": JOINTS, "using_index_values": values, "fill_latest_at": True}


def rows_of(store, **query):
    return store.reader("step", **query).to_arrow_table().num_rows


def r1(file, steps):
    return lambda: sum(chunk.num_rows for chunk in RrdReader(file).stream())


def r1_footer(file, steps):
    return lambda: len(RrdReader(file).store())


def r2(file, steps):
    return lambda: rows_of(RrdReader(file).stream().collect())


def r3(file, steps):
    store = RrdReader(file).stream().collect()
    query = lookups(steps)
    rows_of(store, **query)
    return lambda: rows_of(store, **query)


def r3_file(file, steps):
    query = lookups(steps)
    # Through the footer, which is faster than a scan.
    return lambda: rows_of(RrdReader(file).store().stream().filter(content=JOINTS).collect(), **query)


def r4(file, steps):
    contents = ["/robot/battery"]
    return lambda: rows_of(RrdReader(file).store().stream().filter(content=contents).collect(), contents=contents)


def r5(file, steps):
    contents = [*JOINTS, "/robot/cloud"]
    names = [f"{joint}:Scalars:scalars" for joint in JOINTS] + ["/robot/cloud:Points3D:positions"]

    def numbers():
        store = RrdReader(file).store().stream().filter(content=contents).collect()
        table = store.reader("step", contents=contents).to_arrow_table()
        count = 0
        for name in names:
            values = table.column(name).combine_chunks().flatten()
            # Points are lists of three numbers.
            count += len((values.flatten() if name.endswith("positions") else values).to_numpy())
        return count

    return numbers


def dataset_of(url):
    # Takes seconds to import, and only these need it.
    from rerun.catalog import CatalogClient

    return CatalogClient(url).get_dataset("segments")


def c1(url, segments):
    selection = dataset_of(url).filter_contents("/**")

    def first():
        for batch in selection._read_arrow("step"):
            return min(1, batch.num_rows)

    return first


def c2(url, segments):
    selection = dataset_of(url).filter_contents("/**")
    return lambda: selection._read_arrow("step").read_all().num_rows


def c3(url, segments):
    selection = dataset_of(url).filter_contents("/joint_3")
    return lambda: selection._read_arrow("step").read_all().num_rows


PROGRAMS = {"c1": c1, "c2": c2, "c3": c3, "r1": r1, "r1-footer": r1_footer, "r2": r2, "r3": r3, "r3-file": r3_file, "r4": r4, "r5": r5}


def main():
    name, times, file, steps = sys.argv[1], int(sys.argv[2]), sys.argv[3], int(sys.argv[4])
    read = PROGRAMS[name](file, steps)
    cpu_before = time.process_time()
    before = time.perf_counter()
    for _ in range(times):
        value = read()
    seconds = time.perf_counter() - before
    cpu_seconds = time.process_time() - cpu_before
    result = {
        "calls": times,
        "seconds": seconds,
        "value": value,
        "cpuSeconds": cpu_seconds,
        "peakBytes": peak_memory(),
    }
    print(json.dumps(result))


main()
