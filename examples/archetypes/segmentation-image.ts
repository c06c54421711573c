// A disc of class 2 in front of stripes of the classes 0 and 1.
import * as rr from "@rerun-ts/web";

const rec = new rr.RecordingStream("segmentation_image");
const [width, height] = [240, 160];
const data = Uint8Array.from({ length: width * height }, (_, i) => {
  const [x, y] = [i % width, Math.floor(i / width)];
  return Math.hypot(x - 120, y - 80) < 50 ? 2 : Math.floor(x / 30) % 2;
});
rec.log("classes", new rr.SegmentationImage({ data, width, height }));
