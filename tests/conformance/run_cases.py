"""Logs every case with Rerun's own SDK: `run_cases.py REQUEST.json ANSWER.json`.

The request is a list of `{theme, name, one_chunk_per_row, files}`, one file for each recording of the case. The
answer has the error of each of them or null, and the names of functions that were not requested.
"""

from __future__ import annotations

import importlib
import inspect
import json
import sys
import traceback
from typing import Any

import rerun as rr


def main(request_path: str, answer_path: str) -> None:
    # Warnings are mistakes in a case.
    rr.set_strict_mode(True)
    with open(request_path, encoding="utf-8") as file:
        requests = json.load(file)
    errors = [run(request) for request in requests]
    with open(answer_path, "w", encoding="utf-8") as file:
        json.dump({"errors": errors, "unpaired": unpaired(requests)}, file)


def run(request: dict[str, Any]) -> str | None:
    """Runs one case in one mode. Returns the error, if there is one."""
    try:
        case = getattr(importlib.import_module(f"cases.{request['theme']}"), request["name"])
        options = getattr(case, "recordings", ({},))
        if len(options) != len(request["files"]):
            return f"the case has {len(options)} recordings, the TypeScript one {len(request['files'])}"
        made = [make_recording(o, f, request["one_chunk_per_row"]) for o, f in zip(options, request["files"])]
        case(*made)
        for recording in made:
            recording.disconnect()
    except Exception:
        return traceback.format_exc()
    return None


def make_recording(options: dict[str, Any], file: str, one_chunk_per_row: bool) -> rr.RecordingStream:
    """A recording that writes to a file."""
    recording = rr.RecordingStream(
        options.get("application_id", "conformance"),
        recording_id=options.get("recording_id"),
        send_properties=options.get("send_properties", True),
        batcher_config=rr.ChunkBatcherConfig.ALWAYS_TEST_ONLY() if one_chunk_per_row else None,
    )
    recording.save(file)
    # Times belong to the recording id, also those of an earlier recording with the same id.
    recording.reset_time()
    recording.set_log_time_enabled(options.get("log_time", True))
    recording.set_log_tick_enabled(options.get("log_tick", False))
    return recording


def unpaired(requests: list[dict[str, Any]]) -> list[str]:
    """The cases in the modules of the themes that were not requested."""
    asked = {(request["theme"], request["name"]) for request in requests}
    found = {(theme, name) for theme in {theme for theme, _ in asked} for name in cases_of(theme)}
    return [".".join(case) for case in sorted(found - asked)]


def cases_of(theme: str) -> list[str]:
    try:
        module = importlib.import_module(f"cases.{theme}")
    except ImportError:
        return []
    functions = inspect.getmembers(module, inspect.isfunction)
    return [name for name, function in functions if function.__module__ == module.__name__ and name[0] != "_"]


if __name__ == "__main__":
    main(*sys.argv[1:])
