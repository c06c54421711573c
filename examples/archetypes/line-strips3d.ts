// Three knots.
import * as rr from "@rerun-ts/web";

const rec = new rr.RecordingStream("line_strips3d");
const strips = [0, 1, 2].map((knot) =>
  Array.from({ length: 200 }, (_, i) => {
    const angle = (i / 199) * 2 * Math.PI;
    const radius = 2 + Math.cos(3 * angle);
    return [radius * Math.cos(2 * angle) + knot * 6.5, radius * Math.sin(2 * angle), Math.sin(3 * angle)];
  }),
);
rec.log("knots", new rr.LineStrips3D(strips, { colors: ["tomato", "gold", "deepskyblue"], radii: 0.08 }));
