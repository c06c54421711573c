"""Prints the answers of Rerun's own client for a viewer, as JSON: `control.py URL`."""

import dataclasses
import json
import sys

from rerun.experimental import ViewerClient

client = ViewerClient.connect(sys.argv[1])
answers = {
    "state": dataclasses.asdict(client.get_state()),
    "schema": dataclasses.asdict(client.get_recording_schema()),
    "blueprint": dataclasses.asdict(client.get_blueprint()),
    "location": client.get_location(),
    "logs": [dataclasses.asdict(entry) for entry in client.get_logs()],
    "commands": [dataclasses.asdict(command) for command in client.list_commands(include_unavailable=True)],
    "graph": client.get_transform_graph(),
}
print(json.dumps(answers))
