// Where a robot can drive: walls are 100, free cells 0, unknown ones -1.
import * as rr from "@rerun-ts/web";

const rec = new rr.RecordingStream("grid_map");
const [width, height] = [64, 48];
const cells = Int8Array.from({ length: width * height }, (_, i) => {
  const [x, y] = [i % width, Math.floor(i / width)];
  if (x < 3 || y < 3 || x >= width - 3 || y >= height - 3) return 100;
  return x > 44 && y < 20 ? -1 : x === 30 && y > 16 ? 100 : 0;
});
const map = new rr.GridMap({
  data: new Uint8Array(cells.buffer),
  format: { width, height, colorModel: "L", channelDatatype: "U8" },
  cellSize: 0.1,
  colormap: "RvizMap",
});
rec.log("map", map);
