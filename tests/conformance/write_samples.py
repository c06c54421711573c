"""Writes recordings in every form with Rerun's own SDK: `write_samples.py REQUEST.json ANSWER.json`.

The request names the folder; the answer is the list of the files.
"""

from __future__ import annotations

import json
import os
import sys

import rerun as rr
import rerun.blueprint as rrb


def main(request_path: str, answer_path: str) -> None:
    with open(request_path, encoding="utf-8") as file:
        folder = json.load(file)
    samples = {
        "complete": {},
        "without-footer": {"write_footer": False},
        "with-blueprint": {"default_blueprint": rrb.Blueprint(rrb.Spatial3DView(origin="/points"))},
    }
    paths = [os.path.join(folder, f"sample.{name}.rrd") for name in samples]
    for path, options in zip(paths, samples.values()):
        write(path, **options)
    with open(answer_path, "w", encoding="utf-8") as file:
        json.dump(paths, file)


def write(path: str, **options: object) -> None:
    rec = rr.RecordingStream("samples", batcher_config=rr.ChunkBatcherConfig.ALWAYS_TEST_ONLY())
    rec.save(path, **options)
    rec.log("title", rr.TextDocument("a sample"), static=True)
    for frame in range(5):
        rec.set_time("frame", sequence=frame)
        rec.log("points", rr.Points3D([[frame, 0, 0]] * 100))
        rec.log(f"camera {frame}/image", rr.Scalars(frame))
    rec.send_columns("wave", [rr.TimeColumn("frame", sequence=range(1000))], rr.Scalars.columns(scalars=range(1000)))
    rec.disconnect()


if __name__ == "__main__":
    main(*sys.argv[1:])
