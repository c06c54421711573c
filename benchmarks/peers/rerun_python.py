"""The workloads with Rerun's Python SDK: python rerun_python.py <workload> <calls> <file, memory:file or server's URL>

Prints one line of JSON. What is logged is made before the clock starts; data.mjs says which values.
"""

import json
import os
import sys
import time

import numpy as np
import rerun as rr
from peak_memory import peak_memory


# How long paced workloads wait between calls.
PACE_SECONDS = 0.01
# How long each call took.
BLOCKED = []


def hashes(count, seed, start=0):
    x = (np.arange(start, start + count, dtype=np.uint64) + np.uint64(seed)).astype(np.uint32)
    x = (x ^ (x >> np.uint32(16))) * np.uint32(0x85EBCA6B)
    x = (x ^ (x >> np.uint32(13))) * np.uint32(0xC2B2AE35)
    return x ^ (x >> np.uint32(16))


def fractions(count, seed, scale=1.0, start=0):
    return hashes(count, seed, start).astype(np.float64) / 2**32 * scale


def opaque_colors(count, seed, start=0):
    return hashes(count, seed, start) | np.uint32(0xFF)


def picture(width, height, frame):
    y, x, channel = np.meshgrid(np.arange(height), np.arange(width), np.arange(3), indexing="ij")
    slopes = (((x + y) >> 2) + channel * 85).astype(np.uint32)
    noise = hashes(slopes.size, 8, frame * slopes.size).reshape(slopes.shape) & np.uint32(3)
    return (slopes ^ noise).astype(np.uint8)


def line(index, number):
    return (
        f"[{index:08d}] planner: state=TRACKING latency={number % 1000:03d}us "
        f"queue={number % 17:02d} goal={number:08x} status=ok"
    )


def w1(calls):
    values = fractions(calls, 1).tolist()

    def run():
        for i, value in enumerate(values):
            rr.set_time("step", sequence=i)
            rr.log("scalar", rr.Scalars(value))

    return run


def w2(calls):
    values = fractions(calls, 2).tolist()
    paths = [f"robot/joint_{joint}/position" for joint in range(100)]

    def run():
        following = iter(values)
        for step in range(calls // 100):
            rr.set_time("step", sequence=step)
            for path in paths:
                rr.log(path, rr.Scalars(next(following)))

    return run


def w3(calls):
    positions = list(fractions(calls * 30, 3, 100).astype(np.float32).reshape(calls, 10, 3))
    colors = list(opaque_colors(calls * 10, 4).reshape(calls, 10))

    def run():
        for i in range(calls):
            rr.set_time("step", sequence=i)
            rr.log("points", rr.Points3D(positions[i], colors=colors[i]))

    return run


def make_cloud(cloud):
    return (
        fractions(300_000, 5, 100, cloud * 300_000).astype(np.float32).reshape(-1, 3),
        opaque_colors(100_000, 6, cloud * 100_000),
        fractions(100_000, 7, 0.1, cloud * 100_000).astype(np.float32),
    )


def w4(calls):
    clouds = [make_cloud(cloud) for cloud in range(4)]

    def run():
        for i in range(calls):
            positions, colors, radii = clouds[i % len(clouds)]
            rr.set_time("step", sequence=i)
            rr.log("cloud", rr.Points3D(positions, colors=colors, radii=radii))

    return run


def w4_paced(calls):
    clouds = [make_cloud(cloud) for cloud in range(4)]

    def run():
        for i in range(calls):
            positions, colors, radii = clouds[i % len(clouds)]
            start = time.perf_counter()
            rr.set_time("step", sequence=i)
            rr.log("cloud", rr.Points3D(positions, colors=colors, radii=radii))
            BLOCKED.append(time.perf_counter() - start)
            time.sleep(PACE_SECONDS)

    return run


def log_images(calls, width, height):
    frames = [picture(width, height, frame) for frame in range(4)]

    def run():
        for i in range(calls):
            rr.set_time("frame", sequence=i)
            rr.log("camera", rr.Image(frames[i % len(frames)]))

    return run


def w6(calls):
    translations = list(fractions(calls * 3, 9, 10).astype(np.float32).reshape(calls, 3))
    quaternions = list(fractions(calls * 4, 10).astype(np.float32).reshape(calls, 4))

    def run():
        for i in range(calls):
            rr.set_time("step", sequence=i)
            rr.log("arm", rr.Transform3D(translation=translations[i], quaternion=rr.Quaternion(xyzw=quaternions[i])))

    return run


def w7(calls):
    lines = [line(index, number) for index, number in enumerate(hashes(calls, 11).tolist())]

    def run():
        for i, text in enumerate(lines):
            rr.set_time("step", sequence=i)
            rr.log("logs", rr.TextLog(text, level="INFO"))

    return run


def send_scalars(calls, rows):
    steps = np.arange(calls * rows, dtype=np.int64).reshape(calls, -1)
    values = fractions(calls * rows, 12).reshape(calls, -1)

    def run():
        for i in range(calls):
            rr.send_columns(
                "column",
                indexes=[rr.TimeColumn("step", sequence=steps[i])],
                columns=rr.Scalars.columns(scalars=values[i]),
            )

    return run


def log_entities(calls, entities):
    values = fractions(calls, 13).tolist()
    paths = [f"fleet/robot_{entity}/battery" for entity in range(entities)]

    def run():
        for i, value in enumerate(values):
            if i % len(paths) == 0:
                rr.set_time("step", sequence=i // len(paths))
            rr.log(paths[i % len(paths)], rr.Scalars(value))

    return run


def w12(calls):
    values = fractions(calls, 14).tolist()
    timelines = [f"clock_{index}" for index in range(20)]

    def run():
        for i, value in enumerate(values):
            for clock, timeline in enumerate(timelines):
                rr.set_time(timeline, sequence=i * (clock + 1))
            rr.log("scalar", rr.Scalars(value))

    return run


PROGRAMS = {
    "w1": w1,
    "w2": w2,
    "w3": w3,
    "w4": w4,
    "w4-paced": w4_paced,
    "w5a": lambda calls: log_images(calls, 640, 480),
    "w5b": lambda calls: log_images(calls, 1920, 1080),
    "w6": w6,
    "w7": w7,
    "w8a": lambda calls: send_scalars(calls, 10_000_000),
    "w8b": lambda calls: send_scalars(calls, 100_000),
    "w11": lambda calls: log_entities(calls, 10_000),
    "w11b": lambda calls: log_entities(calls, 100_000),
    "w12": w12,
}


def main():
    workload, calls, target = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    run = PROGRAMS[workload](calls)
    is_live = target.startswith("rerun")
    in_memory = target.startswith("memory:")
    target = target.removeprefix("memory:")

    rr.init("benchmark", recording_id=workload)
    if is_live:
        rr.connect_grpc(target)
    elif in_memory:
        memory = rr.memory_recording()
    else:
        rr.save(target)
    rr.log("begin", rr.TextLog("begin"), static=True)

    cpu_before = time.process_time()
    before = time.perf_counter()
    run()
    recording = rr.get_global_data_recording()
    recording.flush()
    if in_memory:
        data = memory.drain_as_bytes()
    recording.disconnect()
    seconds = time.perf_counter() - before
    cpu_seconds = time.process_time() - cpu_before

    if in_memory:
        with open(target, "wb") as file:
            file.write(data)
    result = {
        "calls": calls,
        "seconds": seconds,
        "cpuSeconds": cpu_seconds,
        "blockedMs": sorted(BLOCKED)[len(BLOCKED) // 2] * 1000 if BLOCKED else None,
        "bytes": None if is_live else os.path.getsize(target),
        "peakBytes": peak_memory(),
    }
    print(json.dumps(result))


main()
