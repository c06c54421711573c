import * as rr from "@rerun-ts/node";

export function classes(rec: rr.RecordingStream): void {
  const forms: Readonly<Record<string, rr.types.AnnotationContextsLike>> = {
    objects: [{ id: 1, label: "car", color: "#ff000080" }, { id: 2, label: "größe" }, { id: 65535 }],
    tuples: [
      [1, "car", [255, 0, 0, 128]],
      [2, "größe"],
    ],
    numbers: [1, 2, 65535],
    mixed: [{ id: 1, label: "car" }, [2, "tree"], 3, { info: 4 }, { info: [5, "sky", "blue"] }],
    "one number": 3,
    "one tuple": [1, "car"],
    "tuple without label": [1, null, "red"],
    "one object": { id: 1, label: "car" },
    "empty label": [{ id: 1, label: "", color: null }],
  };
  for (const [path, context] of Object.entries(forms))
    rec.log(path, new rr.AnnotationContext(context), { static: true });
}

export function colors(rec: rr.RecordingStream): void {
  const forms = ["red", 0xff0000ff, [255, 0, 0], { r: 1, g: 0, b: 0 }, new Uint8Array([255, 0, 0, 255])];
  rec.log("objects", new rr.AnnotationContext(forms.map((color, id) => ({ id, color }))));
  rec.log("tuples", new rr.AnnotationContext(forms.map((color, id) => [id, "x", color] as const)));
}

const HAND: rr.types.ClassDescriptionLike = {
  info: { id: 1, label: "hand", color: "red" },
  keypointAnnotations: [{ id: 0, label: "wrist", color: "#00ff0080" }, [1, "thumb"], 2],
  keypointConnections: [[0, 1], { keypoint0: 0, keypoint1: 2 }],
};

export function keypoints(rec: rr.RecordingStream): void {
  rec.log("class", new rr.AnnotationContext(HAND));
  rec.log("list", new rr.AnnotationContext([HAND, { info: [2, "foot"], keypointAnnotations: [0] }, 3]));
  rec.log("empty", new rr.AnnotationContext({ info: 1, keypointAnnotations: [], keypointConnections: [] }));
}

export function columns(rec: rr.RecordingStream): void {
  const frames = rr.TimeColumn.sequence("frame", [1, 2]);
  const contexts: rr.types.AnnotationContextsLike = [[HAND], [{ id: 1, label: "car" }, 2], [[3, "tree"]]];
  rec.sendColumns("each row", frames, rr.AnnotationContext.columns({ context: contexts.slice(0, 2) }));
  rec.sendColumns("partitioned", frames, rr.AnnotationContext.columns({ context: contexts }).partition([1, 2]));
  const ids = { classIds: [1, 2, 3], keypointIds: new Uint16Array([0, 1, 65535]) };
  rec.sendColumns("keypoints", frames, rr.Points2D.columns(ids).partition([2, 1]));
  rec.sendColumns("keypoints", frames, rr.Points3D.columns({ keypointIds: [7, 8] }));
}
