"""Runs a scene as a program: creates a recording and saves it, as examples/node/save-scene.ts does."""

from __future__ import annotations

import sys
from collections.abc import Callable

import rerun as rr
import rerun.blueprint as rrb


def save_scene(
    name: str, title: str, log_scene: Callable[[rr.RecordingStream], None], layout: rrb.Blueprint
) -> None:
    paths = [arg for arg in sys.argv[1:] if arg != "--no-layout"]
    path = paths[0] if paths else f"rerun-{name}.rrd"
    # Invalid data raises an error instead of being reported, so a broken example fails.
    rr.set_strict_mode(True)
    rec = rr.RecordingStream(f"rerun_ts_{name.replace('-', '_')}")
    rec.save(path, default_blueprint=None if "--no-layout" in sys.argv else layout)
    rec.send_recording_name(title)
    log_scene(rec)
    rec.disconnect()
    print(f"Wrote {path}. Open it with: rerun {path}")
