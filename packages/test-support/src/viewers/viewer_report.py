"""Asks a running viewer what it shows, and takes images. Prints one line of JSON.

usage: viewer_report.py '{"port": 1234, "commands": ["ui.toggle_selection_panel"],
                          "images": [{"path": "x.png", "timeline": "frame", "sequence": 3, "settleSeconds": 1}]}'
"""

from __future__ import annotations

import json
import sys
import time

from image_colors import strong_colors
from rerun.experimental import ViewerClient

config = json.loads(sys.argv[1])
DEADLINE = time.monotonic() + 60


def wait_until_loaded(client: ViewerClient):
    while True:
        try:
            state = client.get_state()
            if state.recordings and not state.loading and any(recording.timelines for recording in state.recordings):
                return state
        except Exception:  # a busy viewer answers late
            if time.monotonic() > DEADLINE:
                raise
        if time.monotonic() > DEADLINE:
            raise TimeoutError("the viewer did not open the recording")
        time.sleep(0.2)


def wait_for_views(client: ViewerClient, expected: list[str]):
    """Waits until the viewer shows these views. What it shows instead is in the report."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        if sorted(f"{view.view_class} {view.name}" for view in client.get_state().views) == expected:
            return
        time.sleep(0.1)


def take_screenshot(client: ViewerClient) -> bytes:
    """Takes an image; again if the software renderer of a busy machine did not finish it within the viewer's deadline."""
    while True:
        try:
            return client.take_screenshot()
        except TimeoutError:
            if time.monotonic() > DEADLINE:
                raise


client = ViewerClient.connect(f"rerun+http://127.0.0.1:{config['port']}/proxy")
wait_until_loaded(client)
for command in config["commands"]:
    client.run_command(command)
if config.get("views") is not None:
    wait_for_views(client, config["views"])
images = []
for image in config["images"]:
    client.set_time(image["timeline"], sequence=image["sequence"], play_state="paused")
    # Notices about the graphics driver disappear after some seconds.
    time.sleep(image.get("settleSeconds", 1))
    png = take_screenshot(client)
    with open(image["path"], "wb") as file:
        file.write(png)
    images.append(strong_colors(png))

state = client.get_state()
print(
    json.dumps(
        {
            "recordings": [
                {
                    "store_id": recording.store_id,
                    "timelines": {timeline.name: timeline.time_type for timeline in recording.timelines},
                    "entities": {
                        entity.entity_path: sorted(component.component for component in entity.components)
                        for entity in client.get_recording_schema(recording.store_id, max_entities=2000).entities
                    },
                }
                for recording in state.recordings
            ],
            "views": [vars(view) | {"reports": [vars(report) for report in view.reports]} for view in state.views],
            "errors": [log.message for log in client.get_logs() if log.level == "ERROR"],
            "images": images,
        },
        default=str,
    )
)
