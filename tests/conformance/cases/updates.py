import rerun as rr


def partial(rec: rr.RecordingStream) -> None:
    rec.log("points", rr.Points3D([[0, 0, 0], [1, 1, 1]], colors=[255, 0, 0], radii=1))
    rec.log("points", rr.Points3D.from_fields(colors=[0, 255, 0]))
    rec.log("points", rr.Points3D.from_fields(positions=[[5, 5, 5]]))
    rec.log("points", rr.Points3D.from_fields(radii=[]))
    rec.log("points", rr.Points3D.from_fields(radii=[], labels="back"))


def clear_unset(rec: rr.RecordingStream) -> None:
    rec.log("points", rr.Points3D.from_fields(positions=[[5, 5, 5]], clear_unset=True))
    rec.log("transform", rr.Transform3D.from_fields(translation=[1, 2, 3], clear_unset=True))
    rec.log("boxes", rr.Boxes3D.from_fields(half_sizes=[[1, 1, 1]], labels=["a"], clear_unset=True))


def cleared(rec: rr.RecordingStream) -> None:
    for archetype in [
        rr.Boxes3D,
        rr.Clear,
        rr.Image,
        rr.Pinhole,
        rr.Points3D,
        rr.archetypes.RecordingInfo,
        rr.Scalars,
        rr.TextDocument,
        rr.TextLog,
        rr.Transform3D,
    ]:
        rec.log(archetype.archetype(), archetype.cleared())


def every_archetype(rec: rr.RecordingStream) -> None:
    rec.log("scalars", rr.Scalars.from_fields(scalars=[1, 2]))
    rec.log("log", rr.TextLog.from_fields(level="INFO", color=[255, 0, 0]))
    rec.log("document", rr.TextDocument.from_fields(media_type="text/markdown"))
    rec.log("boxes", rr.Boxes3D.from_fields(centers=[[1, 2, 3]], fill_mode="Solid"))
    rec.log("camera", rr.Pinhole.from_fields(image_plane_distance=2, resolution=[4, 3]))
    rec.log("image", rr.Image.from_fields(opacity=0.25))
    rec.log("clear", rr.Clear.from_fields(is_recursive=True))
    matrix = [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
    rec.log("transform", rr.Transform3D.from_fields(scale=[[1, 2, 3]], mat3x3=matrix))


def clears(rec: rr.RecordingStream) -> None:
    rec.log("flat", rr.Clear.flat())
    rec.log("recursive", rr.Clear.recursive())
    rec.log("neither", rr.Clear(recursive=False))
    rec.log("robot/arm", rr.Scalars(1))
    rec.log("robot", rr.Clear(recursive=True))
    rec.log("robot/arm", rr.Scalars(2))
