// Red grows to the right, green downwards.
import * as rr from "@rerun-ts/web";

const rec = new rr.RecordingStream("image");
const [width, height] = [320, 200];
const data = new Uint8Array(width * height * 3);
for (let y = 0; y < height; y++) {
  for (let x = 0; x < width; x++) data.set([(x * 255) / width, (y * 255) / height, 128], (y * width + x) * 3);
}
rec.log("gradient", new rr.Image({ data, width, height }));
