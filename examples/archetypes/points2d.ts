// A sunflower.
import * as rr from "@rerun-ts/web";

const rec = new rr.RecordingStream("points2d");
const seeds = Array.from({ length: 300 }, (_, i) => [
  Math.sqrt(i) * Math.cos(i * 2.4),
  Math.sqrt(i) * Math.sin(i * 2.4),
]);
const colors = seeds.map((_, i) => `hsl(${50 - i / 10} 90% ${35 + i / 10}%)`);
rec.log("seeds", new rr.Points2D(seeds, { radii: 0.35, colors }));
