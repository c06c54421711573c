"""Writes LeRobot datasets, and logs them with Rerun's importer: `write_lerobot.py REQUEST.json ANSWER.json`.

The request is a list of `{folder, version, video, out}`: the video becomes that of a camera. With `parts`, the times of
its parts in seconds, a dataset has as many episodes, and is not logged.
"""

from __future__ import annotations

import json
import os
import struct
import sys
import zlib
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import rerun as rr

FRAMES = 10
CAMERA = "observation.images.cam"
FEATURES = {
    "observation.state": {"dtype": "float32", "shape": [3], "names": ["x", "y", "z"]},
    "action": {"dtype": "float64", "shape": [2], "names": {"motors": ["left", "right"]}},
    "next.reward": {"dtype": "float32", "shape": [1], "names": None},
    "note": {"dtype": "string", "shape": [1], "names": None},
    "observation.images.color": {"dtype": "image", "shape": [4, 4, 3], "names": ["height", "width", "channels"]},
    "observation.images.depth": {"dtype": "image", "shape": [4, 4, 1], "names": ["height", "width", "channels"]},
    CAMERA: {"dtype": "video", "shape": [48, 64, 3], "names": ["height", "width", "channels"]},
} | {name: {"dtype": "int64", "shape": [1], "names": None} for name in ("frame_index", "episode_index", "index", "task_index")}


def png(value: int) -> bytes:
    def part(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 4, 4, 8, 0, 0, 0, 0)
    pixels = zlib.compress(bytes([0, value, value, value, value] * 4))
    return b"\x89PNG\r\n\x1a\n" + part(b"IHDR", header) + part(b"IDAT", pixels) + part(b"IEND", b"")


def frames(episode: int) -> pa.Table:
    numbers = range(FRAMES)
    images = [{"bytes": png(n), "path": f"frame_{n:06d}.png"} for n in numbers]
    return pa.table({
        "observation.state": pa.array([[n / 8, episode, 1.0] for n in numbers], pa.list_(pa.float32(), 3)),
        "action": pa.array([[n, -0.5] for n in numbers], pa.list_(pa.float64())),
        "next.reward": pa.array([n / 4 for n in numbers], pa.float32()),
        "note": [f"note {n}" for n in numbers],
        "observation.images.color": images,
        "observation.images.depth": images,
        "timestamp": pa.array([n / 10 for n in numbers], pa.float32()),
        "frame_index": pa.array(numbers, pa.int64()),
        "episode_index": pa.array([episode] * FRAMES, pa.int64()),
        "index": pa.array(range(episode * FRAMES, (episode + 1) * FRAMES), pa.int64()),
        "task_index": pa.array([episode] * FRAMES, pa.int64()),
    })


def write(path: Path, contents: pa.Table | bytes | str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(contents, pa.Table):
        pq.write_table(contents, path)
    else:
        path.write_bytes(contents if isinstance(contents, bytes) else contents.encode())


def write_dataset(folder: Path, version: str, video: bytes, parts: list[list[float]]) -> None:
    count = len(parts)
    info: dict[str, Any] = {
        "codebase_version": version, "robot_type": "arm", "total_episodes": count, "total_frames": count * FRAMES, "total_tasks": count,
        "chunks_size": 1000, "fps": 10, "splits": {"train": f"0:{count}"}, "features": FEATURES,
    }
    tasks = [f"pick {index}" for index in range(count)]
    if version.startswith("v2"):
        info |= {
            "total_videos": count, "total_chunks": 1,
            "data_path": "data/chunk-{episode_chunk:03d}/episode_{episode_index:06d}.parquet",
            "video_path": "videos/chunk-{episode_chunk:03d}/{video_key}/episode_{episode_index:06d}.mp4",
        }
        for episode in range(count):
            write(folder / f"data/chunk-000/episode_{episode:06d}.parquet", frames(episode))
            write(folder / f"videos/chunk-000/{CAMERA}/episode_{episode:06d}.mp4", video)
        task_lines = [json.dumps({"task_index": index, "task": task}) for index, task in enumerate(tasks)]
        write(folder / "meta/tasks.jsonl", "\n".join(task_lines) + "\n")
        lines = [json.dumps({"episode_index": index, "tasks": [task], "length": FRAMES}) for index, task in enumerate(tasks)]
        write(folder / "meta/episodes.jsonl", "\n".join(lines) + "\n")
    else:
        info |= {
            "data_path": "data/chunk-{chunk_index:03d}/file-{file_index:03d}.parquet",
            "video_path": "videos/{video_key}/chunk-{chunk_index:03d}/file-{file_index:03d}.mp4",
            "data_files_size_in_mb": 100, "video_files_size_in_mb": 500,
        }
        write(folder / "data/chunk-000/file-000.parquet", pa.concat_tables([frames(episode) for episode in range(count)]))
        write(folder / f"videos/{CAMERA}/chunk-000/file-000.mp4", video)
        write(folder / "meta/tasks.parquet", pa.table({"task_index": range(count), "task": tasks}))
        place = f"videos/{CAMERA}/"
        first = [0] * count
        starts = [episode * FRAMES for episode in range(count)]
        write(folder / "meta/episodes/chunk-000/file-000.parquet", pa.table({
            "episode_index": range(count), "tasks": [[task] for task in tasks], "length": [FRAMES] * count,
            "data/chunk_index": first, "data/file_index": first, "dataset_from_index": starts,
            "dataset_to_index": [start + FRAMES for start in starts], f"{place}chunk_index": first, f"{place}file_index": first,
            f"{place}from_timestamp": [start for start, _ in parts], f"{place}to_timestamp": [end for _, end in parts],
            "meta/episodes/chunk_index": first, "meta/episodes/file_index": first,
        }))
    write(folder / "meta/info.json", json.dumps(info))


def main(request_path: str, answer_path: str) -> None:
    for dataset in json.loads(Path(request_path).read_text(encoding="utf-8")):
        folder = Path(dataset["folder"])
        parts = dataset.get("parts", [[0.0, 1.0], [1.0, 2.0]])
        write_dataset(folder, dataset["version"], Path(dataset["video"]).read_bytes(), parts)
        if "parts" in dataset:
            continue
        recording = rr.RecordingStream("lerobot", recording_id="base", send_properties=False)
        recording.save(dataset["out"])
        # If FFmpeg is installed, Rerun encodes episodes again whose part does not begin with a key frame.
        programs = os.environ.get("PATH", "")
        os.environ["PATH"] = str(folder)
        recording.log_file_from_path(folder)
        recording.disconnect()
        os.environ["PATH"] = programs
    Path(answer_path).write_text("null", encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
