import rerun as rr
from rerun.utilities import bounce_lerp, build_color_grid, build_color_spiral


def color_grids(rec: rr.RecordingStream) -> None:
    grids = {
        "default": build_color_grid(),
        "twisted": build_color_grid(4, 3, 7, twist=2.5),
        "flat": build_color_grid(13, 1, 2, twist=-1),
        "empty": build_color_grid(2, 0, 2),
    }
    for name, (positions, colors) in grids.items():
        rec.log(name, rr.Points3D(positions, colors=colors))
    rec.log("steps", rr.Points3D(build_color_grid(1, 1, 256).colors))


def color_spirals(rec: rr.RecordingStream) -> None:
    spirals = {
        "default": build_color_spiral(),
        "all": build_color_spiral(256),
        "own": build_color_spiral(37, radius=1.5, angular_step=0.07, angular_offset=0.3, z_step=-0.2),
        "one": build_color_spiral(1),
    }
    for name, (positions, colors) in spirals.items():
        rec.log(name, rr.Points3D(positions, colors=colors))


def bounces(rec: rr.RecordingStream) -> None:
    for t in [0, 0.25, 1, 1.25, 2.5, 3, -0.25, -1.25, -2.5]:
        rec.log("bounce", rr.Scalars(bounce_lerp(2, -7, t)))
