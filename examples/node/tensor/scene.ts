// A tensor of three dimensions that changes: waves in a box.
import * as rr from "@rerun-ts/node";

const FRAMES = 60;
const [DEPTH, HEIGHT, WIDTH] = [16, 60, 100];

export function logScene(rec: rr.RecordingStream): void {
  for (let frame = 0; frame < FRAMES; frame++) {
    rec.setTime("frame", frame);
    // One flat array, the last dimension fastest. The range keeps the colours the same at all times.
    const data = Float32Array.from({ length: DEPTH * HEIGHT * WIDTH }, (_, index) => {
      const [x, y, z] = [index % WIDTH, Math.floor(index / WIDTH) % HEIGHT, Math.floor(index / WIDTH / HEIGHT)];
      return wave(x - 30, y - 20, z - 8, frame) + wave(x - 75, y - 42, z - 4, frame);
    });
    const tensor = { data, shape: [DEPTH, HEIGHT, WIDTH], dimNames: ["depth", "height", "width"] };
    rec.log("pressure", new rr.Tensor(tensor, { valueRange: [-1, 1] }));
  }
}

/** A wave that runs away from a point. */
function wave(x: number, y: number, z: number, frame: number): number {
  const distance = Math.hypot(x, y, z);
  return Math.cos((distance - frame) / 3) / (1 + distance / 20);
}
