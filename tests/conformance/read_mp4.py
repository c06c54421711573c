"""Reads MP4 files with Rerun's own reader of videos as streams."""

import json
import sys

from rerun.experimental import Mp4Reader

with open(sys.argv[1]) as request:
    files = json.load(request)
for source, target in files:
    stream = Mp4Reader(source, entity_path="camera").stream()
    stream.write_rrd(target, application_id="video", recording_id="one")
with open(sys.argv[2], "w") as answer:
    json.dump(len(files), answer)
