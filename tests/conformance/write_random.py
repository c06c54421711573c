"""Writes random recordings: `write_random.py REQUEST.json ANSWER.json`.

The request is `{folder, seed, first, count}`; recording `n` depends only on `seed + n`, and is written to `FOLDER/n.rrd`.
Each eighth file has several recordings, and at times a blueprint, whose messages alternate; it has no footer.
"""

from __future__ import annotations

import json
import random
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import rerun as rr
import rerun.blueprint as rrb
from random_arrays import ARRAYS, WORDS, Rng
from rerun.chunk import Chunk
from rrd import KIND_END, MESSAGE_HEADER, STREAM_HEADER_LENGTH, find_messages

ENTITIES = ["a", "a/b", "a/b/c", "a10", "a2", "Z", "p\\ q", "ü"]
# How samples of H.264 begin: a key frame with its parameters, and a frame that depends on it.
KEY_FRAME = bytes([0, 0, 0, 1, 0x67, 66, 0, 0, 0, 1, 0x68, 1, 0, 0, 0, 1, 0x65])
OTHER_FRAME = bytes([0, 0, 0, 1, 0x41])


def video(rng: Rng) -> Any:
    kind = rng.randrange(6)
    if kind == 0:
        return rr.AssetVideo(contents=rng.randbytes(rng.randrange(40)), media_type="video/mp4")
    if kind == 1:
        return rr.VideoFrameReference(nanoseconds=rng.randrange(10**9), video_reference="a")
    is_key = rng.random() < 0.3
    sample = (KEY_FRAME if is_key else OTHER_FRAME) + rng.randbytes(rng.randrange(30))
    marked = {"is_keyframe": is_key} if rng.random() < 0.3 else {}
    codec = {"codec": rr.VideoCodec.H264} if rng.random() < 0.3 else {"codec": None}
    return rr.VideoStream(sample=sample, **codec, **marked)


def value(rng: Rng) -> Any:
    kind = rng.randrange(14)
    if kind == 0:
        return rr.Points3D([[rng.randrange(9), 0, 1]] * rng.randrange(4), labels=[rng.choice(WORDS)])
    if kind == 1:
        return rr.TextLog(rng.choice(WORDS), level="WARN")
    if kind == 2:
        frames = {"child_frame": f"link {rng.randrange(3)}", "parent_frame": "world"} if rng.random() < 0.5 else {}
        return rr.Transform3D(translation=[rng.randrange(9), 0, 0], **frames)
    if kind == 3:
        return rr.Boxes3D(half_sizes=[[1, 2, 3]], fill_mode="solid")
    if kind == 4:
        return rr.Clear(recursive=rng.random() < 0.5)
    if kind in (5, 6):
        return rr.Scalars([rng.randrange(1000) / 8 for _ in range(rng.choice([1, 1, 2]))])
    if kind == 7:
        return video(rng)
    if kind == 8:
        return rr.Tensor(np.array([rng.randrange(9) for _ in range(rng.randrange(4))], rng.choice(["u1", "i8", "f2", "f4"])))
    names = rng.sample(sorted(ARRAYS), rng.choice([1, 2, 4]))
    return rr.AnyValues(**{name: ARRAYS[name](rng) for name in names})


def send_columns(recording: rr.RecordingStream, rng: Rng, entity: str) -> None:
    count = 1 + rng.randrange(8)
    times = [rng.randrange(40) for _ in range(count)]
    if rng.random() < 0.5:
        times.sort()
    sides = pa.array([rng.choice(WORDS) for _ in range(count)]).cast(pa.dictionary(pa.int16(), pa.string()))
    columns = {"side": sides, "uint8": pa.array([rng.randrange(256) for _ in range(count)], pa.uint8())}
    recording.send_columns(entity, [rr.TimeColumn("f", sequence=times)], rr.AnyValues.columns(**columns))


def send_empty(recording: rr.RecordingStream, rng: Rng, entity: str) -> None:
    """Sends a chunk without rows, which may have columns that no other chunk has."""
    indexes = rng.choice([[], [rr.TimeColumn("f", sequence=[])], [rr.TimeColumn("e", duration=[])]])
    columns = rng.choice([{"uint8": pa.array([], pa.uint8())}, {"empty": pa.array([], pa.map_(pa.string(), pa.int8()))}])
    recording.send_chunks([Chunk.from_columns(f"/{entity}", indexes=indexes, columns=rr.AnyValues.columns(**columns))])


def log_step(recording: rr.RecordingStream, rng: Rng, static_rate: float) -> None:
    entity = rng.choice(ENTITIES)
    if rng.random() < static_rate:
        recording.log(entity, value(rng), static=True)
        return
    if rng.random() < 0.02:
        send_empty(recording, rng, rng.choice(["a", "a2"]))
        return
    if rng.random() < 0.1:
        send_columns(recording, rng, entity)
        return
    recording.set_time("f", sequence=rng.randrange(40))
    if rng.random() < 0.4:
        recording.set_time("d", duration=rng.randrange(40) / 4)
    elif rng.random() < 0.3:
        recording.disable_timeline("d")
    if rng.random() < 0.2:
        recording.set_time("t", timestamp=1_700_000_000 + rng.randrange(40) * 100)
    recording.log(entity, value(rng))


def write(path: Path, rng: Rng, number: int, application: int) -> None:
    recording = rr.RecordingStream(f"random {application % 3}", recording_id=f"random {number}")
    recording.save(path)
    static_rate = rng.choice([0, 0.1, 0.3])
    flush_rate = rng.choice([0, 0.05, 0.3])
    for _ in range(rng.choice([3, 10, 30])):
        log_step(recording, rng, static_rate)
        if rng.random() < flush_rate:
            recording.flush()
    if rng.random() < 0.1:
        views = [rrb.Spatial3DView(origin=entity) for entity in rng.sample(ENTITIES, 2)]
        recording.send_blueprint(rrb.Blueprint(rrb.Tabs(*views), collapse_panels=rng.random() < 0.5))
    recording.flush()
    recording.disconnect()


def write_several(path: Path, rng: Rng, number: int) -> None:
    """Writes two or three recordings, of one application or several, whose messages alternate. There is no footer."""
    sources: list[list[bytes]] = []
    is_one = rng.random() < 0.5
    for part in range(rng.choice([2, 3])):
        # Recordings of several applications may have the same id.
        write(path, rng, number if is_one else number + part, number + (part if is_one else 0))
        data = path.read_bytes()
        sources.append([
            data[start : start + MESSAGE_HEADER.size + length] for kind, start, length in find_messages(data) if kind != KIND_END
        ])
    header = data[:STREAM_HEADER_LENGTH]
    with open(path, "wb") as file:
        file.write(header)
        while sources:
            source = rng.choice(sources)
            file.write(source.pop(0))
            if not source:
                sources.remove(source)


def main(request_path: str, answer_path: str) -> None:
    request = json.loads(Path(request_path).read_text(encoding="utf-8"))
    for n in range(request["first"], request["first"] + request["count"]):
        path, rng = Path(request["folder"]) / f"{n}.rrd", random.Random(request["seed"] + n)
        if n % 8 == 7:
            write_several(path, rng, n)
        else:
            write(path, rng, n, n)
    Path(answer_path).write_text(json.dumps(request["count"]), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
