"""Logs a robot with Rerun's own importer, and computes transforms of its joints."""

import json
import os
import sys

import rerun as rr
from rerun.urdf import UrdfTree

with open(sys.argv[1]) as file:
    request = json.load(file)
os.environ["ROS_PACKAGE_PATH"] = request["packages"]

recording = rr.RecordingStream("urdf", recording_id="urdf")
recording.save(request["static"])
recording.log_file_from_path(request["urdf"], static=True, entity_path_prefix="world")
recording.flush()
recording.disconnect()

prefixed = rr.RecordingStream("urdf", recording_id="urdf")
prefixed.save(request["prefixed"])
tree = UrdfTree.from_file_path(request["urdf"], frame_prefix="left_", static_transform_entity_path="frames")
tree.log_urdf_to_recording(prefixed)
for name in ["shoulder", "slide", "fixed"]:
    values = tree.get_joint_by_name(name).compute_transform_columns([0.1, 0.13, 0.05])
    prefixed.send_columns(f"columns/{name}", [rr.TimeColumn("frame", sequence=[0, 1, 2])], values)
prefixed.flush()
prefixed.disconnect()

transforms = []
for name, value in request["values"]:
    # The public function wraps the numbers in Arrow arrays.
    found = tree.get_joint_by_name(name)._inner.compute_transform(value, clamp=True)
    transforms.append([found["translation"], found["quaternion_xyzw"], found["parent_frame"], found["child_frame"]])
joints = [
    [joint.name, joint.joint_type, joint.axis, joint.origin_xyz, joint.origin_rpy, joint.limit_lower, joint.limit_upper]
    for joint in tree.joints()
]
links = sorted({name for joint in tree.joints() for name in [joint.parent_link, joint.child_link]})
paths = [[link, tree.get_visual_geometry_paths(link), tree.get_collision_geometry_paths(link)] for link in links]
with open(sys.argv[2], "w") as file:
    json.dump({"name": tree.name, "root": tree.root_link().name, "joints": joints, "transforms": transforms, "paths": paths}, file)
