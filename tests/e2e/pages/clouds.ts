// Large rows, which a page and a program on Node log alike.
import * as rr from "@rerun-ts/web";

const POINTS = 100_000;

/** Logs a cloud of 1.2 MB, which does not compress; `"static"` is a cloud without a time. */
export function logCloud(rec: rr.types.RecordingView, cloud: number | "static"): void {
  const seed = cloud === "static" ? -1 : cloud;
  const positions = new Float32Array(POINTS * 3);
  for (let index = 0; index < positions.length; index++) {
    const hash = Math.imul((index + seed) ^ (index >>> 7), 0x85ebca6b) ^ Math.imul(index + 1, 0xc2b2ae35);
    positions[index] = ((hash ^ (hash >>> 15)) >>> 0) / 2 ** 32;
  }
  if (cloud === "static") rec.log("static", new rr.Points3D(positions), { static: true });
  else rec.at({ cloud }).log("cloud", new rr.Points3D(positions));
}
