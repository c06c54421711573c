import * as rr from "@rerun-ts/node";

export function colorGrids(rec: rr.RecordingStream): void {
  const grids = {
    default: rr.buildColorGrid(),
    twisted: rr.buildColorGrid(4, 3, 7, { twist: 2.5 }),
    flat: rr.buildColorGrid(13, 1, 2, { twist: -1 }),
    empty: rr.buildColorGrid(2, 0, 2),
  };
  for (const [name, { positions, colors }] of Object.entries(grids))
    rec.log(name, new rr.Points3D(positions, { colors }));
  const { colors } = rr.buildColorGrid(1, 1, 256);
  rec.log("steps", new rr.Points3D(colors));
}

export function colorSpirals(rec: rr.RecordingStream): void {
  const spirals = {
    default: rr.buildColorSpiral(),
    all: rr.buildColorSpiral(256),
    own: rr.buildColorSpiral(37, { radius: 1.5, angularStep: 0.07, angularOffset: 0.3, zStep: -0.2 }),
    one: rr.buildColorSpiral(1),
  };
  for (const [name, { positions, colors }] of Object.entries(spirals))
    rec.log(name, new rr.Points3D(positions, { colors }));
}

export function bounces(rec: rr.RecordingStream): void {
  for (const t of [0, 0.25, 1, 1.25, 2.5, 3, -0.25, -1.25, -2.5])
    rec.log("bounce", new rr.Scalars(rr.bounceLerp(2, -7, t)));
}
