import rerun as rr
from rerun.blueprint import archetypes
from rerun.encodings import Plane3D


def all_fields(rec: rr.RecordingStream) -> None:
    rec.log("background", archetypes.Background(kind="solidcolor", color=[255, 136, 0, 128]))
    plane = Plane3D([0, 0, 1], 0.1)
    grid = archetypes.LineGrid3D(visible=False, spacing=0.1, plane=plane, stroke_width=0.5, color=[255, 136, 0])
    rec.log("grid", grid)
    rec.log("clip", archetypes.NearClipPlane(0.1))
    rec.log("bounds", archetypes.VisualBounds2D(x_range=[-0.1, 640], y_range=[0, 480]))
    eye = archetypes.EyeControls3D(
        kind="orbital",
        position=[1, 2, 3],
        look_target=[0.1, 0, 0],
        eye_up=[0, 0, 1],
        speed=0.1,
        tracking_entity="/robot",
        spin_speed=-0.1,
    )
    rec.log("eye", eye)
    axes = rr.components.ViewCoordinates.RDF
    space = archetypes.SpatialInformation("tf#/robot", show_bounding_box=True, show_axes=False, axes=axes)
    rec.log("space", space)
    rec.log("map", archetypes.MapBackground("mapboxdark"))
    rec.log("zoom", archetypes.MapZoom(16.1))


def forms_of_planes(rec: rr.RecordingStream) -> None:
    for index in range(7):
        rec.log(f"{index}", archetypes.LineGrid3D(plane=Plane3D([0, 0, 1], 0.5)))
    rec.log("through the origin", archetypes.LineGrid3D(plane=Plane3D([1, 2, 0.1])))
    rec.log("two", archetypes.LineGrid3D.from_fields(plane=[Plane3D([1, 0, 0]), Plane3D([0, 1, 0], 2)]))
    for name, plane in [("XY", Plane3D.XY), ("YZ", Plane3D.YZ), ("ZX", Plane3D.ZX)]:
        rec.log(name, archetypes.LineGrid3D(plane=plane))


def forms_of_bounds(rec: rr.RecordingStream) -> None:
    for index in range(3):
        rec.log(f"{index}", archetypes.VisualBounds2D(x_range=[-1, 0.1], y_range=[0, 1e300]))
