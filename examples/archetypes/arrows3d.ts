// The normals of a sphere.
import * as rr from "@rerun-ts/web";

const rec = new rr.RecordingStream("arrows3d");
const normals = Array.from({ length: 120 }, (_, i) => {
  const [z, angle] = [1 - (2 * i) / 119, i * 2.4];
  const radius = Math.sqrt(1 - z * z);
  return [radius * Math.cos(angle), radius * Math.sin(angle), z] as const;
});
const colors = normals.map((_, i) => `hsl(${i * 3} 80% 60%)`);
rec.log("normals", new rr.Arrows3D({ vectors: normals, origins: normals, colors, radii: 0.03 }));
