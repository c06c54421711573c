"""Logs one row to a file with Rerun's Python SDK: python start.py <file>"""

import sys

import rerun as rr

rr.init("benchmark", recording_id="start")
rr.save(sys.argv[1])
rr.log("scalar", rr.Scalars(1))
rr.get_global_data_recording().flush()
