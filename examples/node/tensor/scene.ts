// A tensor of three dimensions that changes: waves in a box.
import * as rr from "@rerun-ts/node";

const FRAMES = 40;
const [DEPTH, HEIGHT, WIDTH] = [8, 48, 100];

export function logScene(rec: rr.RecordingStream): void {
  for (let frame = 0; frame < FRAMES; frame++) {
    rec.setTime("frame", frame);
    // A flat array in row-major order: the last dimension varies fastest.
    const data = new Float32Array(DEPTH * HEIGHT * WIDTH);
    for (let z = 0, at = 0; z < DEPTH; z++) {
      for (let y = 0; y < HEIGHT; y++) {
        for (let x = 0; x < WIDTH; x++, at++) {
          data[at] = wave([x - 25.5, y - 15.5, z - 4], frame) + wave([x - 74.5, y - 34.5, z + 4], frame);
        }
      }
    }
    // The viewer shows two dimensions and a slider for each further one; names help it to choose. The value range keeps
    // the colours comparable: without it, each tensor would have its own range.
    const pressure = { data, shape: [DEPTH, HEIGHT, WIDTH], dimNames: ["depth", "height", "width"] };
    rec.log("pressure", new rr.Tensor(pressure, { valueRange: [-1, 1] }));
  }
}

/** A wave that spreads from its source. */
function wave(offset: readonly number[], frame: number): number {
  const distance = Math.hypot(...offset);
  return Math.cos((distance - frame) / 3) / (1 + distance / 25);
}
