"""Logs all kinds of messages to a server and to a file: relay.py <url> <file>."""

import sys

import numpy as np
import rerun as rr
import rerun.blueprint as rrb

url, file = sys.argv[1:]
recording = rr.RecordingStream("relay", recording_id="relay")
recording.set_sinks(rr.GrpcSink(url), rr.FileSink(file))
recording.log("fixed", rr.Points3D([[1, 2, 3]]), static=True)
for row in range(1000):
    recording.set_time("row", sequence=row)
    recording.log("rows", rr.Scalars(row))
    if row % 100 == 0:
        recording.flush()
recording.log("tensor", rr.Tensor(np.random.default_rng(1).integers(0, 255, 5_000_000, dtype=np.uint8)))
recording.send_blueprint(rrb.Blueprint(rrb.TimeSeriesView(origin="/rows")))
recording.flush()
recording.disconnect()
