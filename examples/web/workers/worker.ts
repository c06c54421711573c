// Computes a part of a wave, and logs it to the recording of the page.
import * as rr from "@rerun-ts/web";

/** What the page posts. */
export interface Order {
  /** From `shareRecording`. */
  readonly port: MessagePort;
  /** Which part: 0, 1 or 2. */
  readonly part: number;
}

const POINTS = 2000;
const COLORS = ["tomato", "gold", "skyblue"];

addEventListener("message", ({ data }: MessageEvent<Order>) => void start(data));

async function start({ port, part }: Order): Promise<void> {
  const rec = await rr.joinRecording(port);
  const colors = COLORS[part] ?? "white";
  let step = 0;
  setInterval(() => {
    const positions = new Float32Array(POINTS * 3);
    for (let point = 0; point < POINTS; point++) {
      const [x, y] = [((point % 50) + part * 50) / 10, Math.floor(point / 50) / 10];
      positions.set([x, y, Math.sin(x + step / 10) * Math.cos(y)], point * 3);
    }
    rec.log(`wave/part${part}`, new rr.Points3D(positions, { colors, radii: 0.04 }), { time: { step: step++ } });
  }, 50);
}
