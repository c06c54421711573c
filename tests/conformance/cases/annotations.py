import rerun as rr
from rerun.components import AnnotationContextBatch
from samples import one_by_one


def classes(rec: rr.RecordingStream) -> None:
    forms = {
        "objects": [(1, "car", (255, 0, 0, 128)), (2, "größe"), 65535],
        "tuples": [(1, "car", (255, 0, 0, 128)), (2, "größe")],
        "numbers": [1, 2, 65535],
        "mixed": [(1, "car"), (2, "tree"), 3, 4, (5, "sky", (0, 0, 255))],
        "one number": [3],
        "one tuple": [(1, "car")],
        "tuple without label": [(1, None, (255, 0, 0))],
        "one object": [(1, "car")],
        "empty label": [(1, "")],
    }
    for path, context in forms.items():
        rec.log(path, rr.AnnotationContext(context), static=True)


def colors(rec: rr.RecordingStream) -> None:
    rec.log("objects", rr.AnnotationContext([(id, None, (255, 0, 0)) for id in range(5)]))
    rec.log("tuples", rr.AnnotationContext([(id, "x", 0xFF0000FF) for id in range(5)]))


HAND = rr.ClassDescription(
    info=(1, "hand", (255, 0, 0)),
    keypoint_annotations=[(0, "wrist", 0x00FF0080), (1, "thumb"), 2],
    keypoint_connections=[(0, 1), (0, 2)],
)


def keypoints(rec: rr.RecordingStream) -> None:
    rec.log("class", HAND)
    foot = rr.ClassDescription(info=(2, "foot"), keypoint_annotations=[0])
    rec.log("list", rr.AnnotationContext([HAND, foot, 3]))
    rec.log("empty", rr.AnnotationContext([1]))


def columns(rec: rr.RecordingStream) -> None:
    frames = rr.TimeColumn("frame", sequence=[1, 2])
    contexts = one_by_one(AnnotationContextBatch, [HAND], [(1, "car"), 2], [(3, "tree")])
    rec.send_columns("each row", [frames], rr.AnnotationContext.columns(context=contexts[:2]))
    rec.send_columns("partitioned", [frames], rr.AnnotationContext.columns(context=contexts).partition([1, 2]))
    keypoints = rr.Points2D.columns(class_ids=[1, 2, 3], keypoint_ids=[0, 1, 65535])
    rec.send_columns("keypoints", [frames], keypoints.partition([2, 1]))
    rec.send_columns("keypoints", [frames], rr.Points3D.columns(keypoint_ids=[7, 8]))
