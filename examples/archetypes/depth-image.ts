// A wall at 4 m behind a ball, in millimetres.
import * as rr from "@rerun-ts/web";

const rec = new rr.RecordingStream("depth_image");
const [width, height] = [320, 240];
const data = Uint16Array.from({ length: width * height }, (_, i) => {
  const distance = Math.hypot((i % width) - 160, Math.floor(i / width) - 120);
  return distance < 80 ? 2800 - 10 * Math.sqrt(6400 - distance ** 2) : 4000;
});
rec.log("camera/depth", new rr.DepthImage({ data, width, height }, { meter: 1000, colormap: "Viridis" }));
