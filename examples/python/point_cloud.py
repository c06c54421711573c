"""A lidar on the roof of a car: one point cloud per turn of its beams.

examples/node/point-cloud/scene.ts logs exactly the same values.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import rerun as rr
import rerun.blueprint as rrb
from save_scene import save_scene

FRAMES = 50
# The height of the lidar, and its range.
HEIGHT, RANGE = 1.8, 24
STEPS, RINGS = 300, 28
# The cosine and sine of one step: 1/300 of a turn.
COS, SIN = 0.9997806834748455, 0.02094241988335696

Box = tuple[tuple[float, float], tuple[float, float], tuple[float, float]]

# Boxes on both sides of the street, which runs along x: their extents along x, y and z, from and to.
HOUSES: dict[str, Box] = {
    "bakery": ((-20, -11), (6, 13), (0, 9)),
    "town hall": ((-8, 1), (6, 14), (0, 14)),
    "school": ((5, 16), (7, 13), (0, 8)),
    "museum": ((-16, -6), (-13, -6), (0, 8)),
    "library": ((-3, 5), (-14, -7), (0, 6)),
    "hotel": ((9, 18), (-13, -6), (0, 11)),
}
WHITE, GOLD, ORANGE = (255, 255, 255), (255, 215, 0), (255, 165, 0)

# The street from above, over the curve, as in examples/node/point-cloud/layout.ts.
LAYOUT = rrb.Blueprint(
    rrb.Vertical(
        rrb.Spatial3DView(
            name="street",
            origin="/world",
            background=[11, 14, 20],
            line_grid=rrb.LineGrid3D(visible=False),
            eye_controls=rrb.EyeControls3D(
                kind=rrb.Eye3DKind.Orbital, position=[-26, -24, 24], look_target=[0, 0, 2]
            ),
        ),
        rrb.TimeSeriesView(name="distance", contents="/nearest", axis_y=rrb.ScalarAxis(range=(2, 6))),
        row_shares=[3, 1],
    ),
    rrb.TimePanel(timeline="frame", state="collapsed"),
    collapse_panels=True,
)


def log_scene(rec: rr.RecordingStream) -> None:
    # Data that never changes is static: it applies at all times. In this world z is up.
    rec.log("world", rr.ViewCoordinates.RFU, static=True)
    roofs = [((x0 + x1) / 2, (y0 + y1) / 2, top) for (x0, x1), (y0, y1), (_, top) in HOUSES.values()]
    # One label per point; one colour and one radius for all.
    rec.log("world/roofs", rr.Points3D(roofs, labels=list(HOUSES), colors=GOLD, radii=0.5), static=True)
    car = rr.Boxes3D(half_sizes=[2, 0.9, 0.7], centers=[0, 0, 0.8], colors=WHITE, fill_mode="solid")
    rec.log("world/car", car, static=True)
    rec.log("world/car/lidar", rr.Transform3D(translation=[0, 0, HEIGHT]), static=True)
    rec.log("nearest", rr.SeriesLines(colors=ORANGE, widths=2, names="nearest thing (m)"), static=True)

    directions = np.array(list(beams()))
    for frame in range(FRAMES):
        rec.set_time("frame", sequence=frame)
        # The car moves, and its child entities move with it: the cloud is in the coordinates of the lidar.
        x = frame / 2 - 12.5
        rec.log("world/car", rr.Transform3D(translation=[x, -2, 0]))
        truck = rr.Boxes3D(half_sizes=[3, 1.2, 1.6], centers=[18 - frame, 2.5, 1.6], labels="truck", colors=ORANGE)
        rec.log("world/truck", truck)

        boxes = [*HOUSES.values(), ((15 - frame, 21 - frame), (1.3, 3.7), (0, 3.2))]
        distances = reach(np.array([x, -2, HEIGHT]), directions, boxes)
        is_hit = distances <= RANGE
        distances = distances[is_hit]
        positions = directions[is_hit] * distances[:, np.newaxis]
        colors = colors_of(positions[:, 2] + HEIGHT)
        rec.log("world/car/lidar", rr.Points3D(positions, colors=colors, radii=0.06 + 0.003 * distances))
        nearest = np.min(distances, where=positions[:, 2] > 0.1 - HEIGHT, initial=RANGE)
        rec.log("nearest", rr.Scalars(nearest))


def beams() -> Iterator[tuple[float, float, float]]:
    """All directions of one turn."""
    # Rotated by multiplication: unlike `math.cos`, the result is identical in all languages, to the last bit.
    x, y = 0.8, 0.6
    for _ in range(STEPS):
        for ring in range(RINGS):
            yield x, y, -0.31 + 0.029 * ring
        x, y = x * COS - y * SIN, x * SIN + y * COS


def reach(origin: np.ndarray, directions: np.ndarray, boxes: list[Box]) -> np.ndarray:
    """The distance that each beam travels until it hits the ground or a box."""
    slopes = directions[:, 2]
    nearest = np.where(slopes < 0, -origin[2] / slopes, RANGE + 1)
    for sides in boxes:
        # It is inside a box after it has passed the first wall of each pair, and before it passes a second one.
        enter, leave = np.zeros(len(directions)), nearest
        for axis, (low, high) in enumerate(sides):
            a, b = (low - origin[axis]) / directions[:, axis], (high - origin[axis]) / directions[:, axis]
            enter = np.maximum(enter, np.minimum(a, b))
            leave = np.minimum(leave, np.maximum(a, b))
        nearest = np.where(enter < leave, enter, nearest)
    return nearest


def colors_of(heights: np.ndarray) -> np.ndarray:
    """A colour from blue on the ground over green to red at a height of 10."""
    parts = np.clip(heights / 10, 0, 1)
    red, green, blue = 60 + 195 * parts, 100 + 155 * (1 - np.abs(2 * parts - 1)), 255 * (1 - parts)
    return np.floor(np.stack([red, green, blue], axis=1)).astype(np.uint8)


if __name__ == "__main__":
    save_scene("point-cloud", "A lidar in a street", log_scene, LAYOUT)
