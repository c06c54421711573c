"""Writes packages/mcap/src/export/foxglove-schemas.ts: `foxglove_schemas.py FILE`.

Needs foxglove-schemas-protobuf==0.4.0 from PyPI. Run it again when Foxglove's messages change, which is rare.
"""

import base64
import importlib
import sys

from google.protobuf import descriptor_pb2

NAMES = [
    "CameraCalibration",
    "CompressedImage",
    "CompressedVideo",
    "FrameTransform",
    "LocationFix",
    "Log",
    "PointCloud",
    "PosesInFrame",
    "RawImage",
]
HEADER = """// Written by tools/definitions/foxglove_schemas.py from the package foxglove-schemas-protobuf 0.4.0 (MIT). Do not edit.

/** The file descriptor sets of Foxglove's messages, in Base64, by the full name of the message. */
export const FOXGLOVE_SCHEMAS = {
"""


def file_set(name: str) -> bytes:
    found = descriptor_pb2.FileDescriptorSet()
    seen = set()

    def add(file) -> None:
        if file.name in seen:
            return
        seen.add(file.name)
        for dependency in file.dependencies:
            add(dependency)
        file.CopyToProto(found.file.add())

    add(importlib.import_module(f"foxglove_schemas_protobuf.{name}_pb2").DESCRIPTOR)
    return found.SerializeToString()


with open(sys.argv[1], "w", encoding="utf-8") as out:
    out.write(HEADER)
    for name in NAMES:
        out.write(f'  "foxglove.{name}":\n    "{base64.b64encode(file_set(name)).decode()}",\n')
    out.write("} as const;\n")
