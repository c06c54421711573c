// A vortex: arrows around a centre.
import * as rr from "@rerun-ts/web";

const rec = new rr.RecordingStream("arrows2d");
const angles = Array.from({ length: 24 }, (_, i) => (i / 24) * 2 * Math.PI);
const origins = angles.map((angle) => [100 * Math.cos(angle), 100 * Math.sin(angle)]);
const vectors = angles.map((angle) => [-40 * Math.sin(angle), 40 * Math.cos(angle)]);
const colors = angles.map((_, i) => `hsl(${i * 15} 80% 60%)`);
rec.log("vortex", new rr.Arrows2D({ vectors, origins, colors, radii: 3 }));
