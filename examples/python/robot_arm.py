"""A robot arm: transforms in a chain, meshes made in code, and the angles of its joints.

examples/node/robot-arm/scene.ts logs exactly the same values.
"""

from __future__ import annotations

from typing import NamedTuple

import rerun as rr
import rerun.blueprint as rrb
from save_scene import save_scene

SLATE_GRAY, ORANGE, GOLD, TOMATO = (112, 128, 144), (255, 165, 0), (255, 215, 0), (255, 99, 71)
SILVER, LIME_GREEN = (192, 192, 192), (50, 205, 50)


class Joint(NamedTuple):
    """The axis of rotation of a joint, and the length and thickness of the part behind it."""

    name: str
    axis: tuple[float, float, float]
    length: float
    radius: float
    color: tuple[int, int, int]


# The joints from the floor to the hand.
JOINTS = [
    Joint("base", (0, 0, 1), 0.8, 0.4, SLATE_GRAY),
    Joint("shoulder", (0, 1, 0), 1.6, 0.25, ORANGE),
    Joint("elbow", (0, 1, 0), 1.3, 0.2, GOLD),
    Joint("wrist", (0, 1, 0), 0.4, 0.15, TOMATO),
]
# The entity path of each part, which is a child of the part that carries it.
PATHS = ["/".join(["arm", *(joint.name for joint in JOINTS[: index + 1])]) for index in range(len(JOINTS))]
HAND = f"{PATHS[3]}/hand"

# The joint angles of each pose, in degrees.
POSES = [
    (70, 0, 30, 40),
    (-20, 5, 115, 60),
    (-20, 20, 110, 50),
    (70, 0, 60, 90),
    (160, 5, 115, 60),
    (160, 20, 110, 50),
    (70, 0, 30, 40),
]
FRAMES_PER_POSE = 30
# The position of the box in the third and in the sixth pose.
FROM, TO = (1.45, -0.5278, 0.868), (-1.45, 0.5278, 0.868)
# The cosine and sine of 1/24 of a turn.
COS, SIN = 0.9659258262890683, 0.25881904510252074

# The arm from the side, beside the angles of its joints, as in examples/node/robot-arm/layout.ts.
LAYOUT = rrb.Blueprint(
    rrb.Horizontal(
        rrb.Spatial3DView(
            name="arm",
            origin="/arm",
            background=[11, 14, 20],
            eye_controls=rrb.EyeControls3D(
                kind=rrb.Eye3DKind.Orbital, position=[0.5, 6, 3.2], look_target=[0, 0, 1.2]
            ),
        ),
        rrb.TimeSeriesView(name="angles (degrees)", contents="/joints", plot_legend=rrb.Corner2D.RightTop),
        column_shares=[3, 2],
    ),
    rrb.TimePanel(timeline="frame", state="collapsed"),
    collapse_panels=True,
)


def log_scene(rec: rr.RecordingStream) -> None:
    rec.log("arm", rr.ViewCoordinates.RFU, static=True)
    names, colors = [joint.name for joint in JOINTS], [joint.color for joint in JOINTS]
    # One entity with four numbers is one plot with four curves.
    rec.log("joints", rr.SeriesLines(names=names, colors=colors, widths=[2, 2, 2, 2]), static=True)
    tables = rr.Boxes3D(
        centers=[(x, y, 0.334) for x, y, _ in (FROM, TO)],
        half_sizes=[0.3, 0.3, 0.334],
        labels=["from", "to"],
        colors=SILVER,
        fill_mode="solid",
    )
    rec.log("arm/tables", tables, static=True)
    for path, joint in zip(PATHS, JOINTS):
        rec.log(path, rod(joint.length, joint.radius, joint.color), static=True)
    rec.log(HAND, rr.Transform3D(translation=[0, 0, 0.4]), rr.TransformAxes3D(0.6), static=True)

    box = rr.Boxes3D(half_sizes=[0.2, 0.2, 0.2], colors=LIME_GREEN, fill_mode="solid")
    for frame in range((len(POSES) - 1) * FRAMES_PER_POSE):
        rec.set_time("frame", sequence=frame)
        angles = [angle_at(frame, joint) for joint in range(len(JOINTS))]
        rec.log("joints", rr.Scalars(angles))
        height = 0.0
        for path, joint, degrees in zip(PATHS, JOINTS, angles):
            # Each part is relative to the one before it, wherever that is.
            rotation = rr.RotationAxisAngle(axis=joint.axis, degrees=degrees)
            rec.log(path, rr.Transform3D(translation=[0, 0, height], rotation_axis_angle=rotation))
            height = joint.length
        # The box is on a table, then in the hand, then on the other table.
        pose = frame / FRAMES_PER_POSE
        if pose == 0:
            rec.log("arm/box", box, rr.Transform3D(translation=FROM))
        if pose == 2:
            rec.log("arm/box", rr.Clear.flat())
            rec.log(f"{HAND}/box", box, rr.Transform3D(translation=[0, 0, 0.2]))
        if pose == 5:
            rec.log(f"{HAND}/box", rr.Clear.flat())
            rec.log("arm/box", box, rr.Transform3D(translation=TO))


def angle_at(frame: int, joint: int) -> float:
    """Eases a joint between two poses: it accelerates and brakes."""
    pose, step = divmod(frame, FRAMES_PER_POSE)
    part = step / FRAMES_PER_POSE
    start, end = POSES[pose][joint], POSES[pose + 1][joint]
    return start + (end - start) * (part * part * (3 - 2 * part))


def rod(length: float, radius: float, color: tuple[int, int, int]) -> rr.Mesh3D:
    """A rod with round ends, built like on a lathe: rings of vertices with triangles between them."""
    rings = [
        (0, -radius),
        (0.7 * radius, -0.7 * radius),
        (radius, 0),
        (0.8 * radius, length),
        (0.5 * radius, length + 0.6 * radius),
        (0, length + 0.8 * radius),
    ]
    corners, normals, triangles = [], [], []
    for ring, (width, height) in enumerate(rings):
        # Rotated by multiplication: unlike `math.cos`, the result is identical in all languages, to the last bit.
        x, y = width, 0.0
        for side in range(24):
            corners.append((x, y, height))
            normals.append((x, y, height - min(max(height, 0), length)))
            x, y = x * COS - y * SIN, x * SIN + y * COS
            if ring > 0:
                a, b = ring * 24 + side, ring * 24 + (side + 1) % 24
                triangles += [(a - 24, b - 24, a), (b - 24, b, a)]
    return rr.Mesh3D(
        vertex_positions=corners, vertex_normals=normals, triangle_indices=triangles, albedo_factor=color
    )


if __name__ == "__main__":
    save_scene("robot-arm", "A robot arm", log_scene, LAYOUT)
