// Classes 0 to 2 have a label and a colour here, which the image and the boxes below use.
import * as rr from "@rerun-ts/web";

const rec = new rr.RecordingStream("annotation_context");
const classes = [
  { id: 0, label: "meadow", color: "olivedrab" },
  { id: 1, label: "road", color: "slategray" },
  { id: 2, label: "car", color: "orange" },
];
rec.log("street", new rr.AnnotationContext(classes), { static: true });
const pixels = Uint8Array.from({ length: 160 * 100 }, (_, i) => (Math.abs((i % 160) - 80) < 30 ? 1 : 0));
rec.log("street/classes", new rr.SegmentationImage({ data: pixels, width: 160, height: 100 }));
rec.log(
  "street/cars",
  new rr.Boxes2D({
    halfSizes: [12, 16],
    centers: [
      [68, 70],
      [92, 30],
    ],
    classIds: 2,
  }),
);
