import * as rr from "@rerun-ts/node";

const AXES = ["UD", "RL", "FB"] as const;
const ORDERS = [
  [0, 1, 2],
  [0, 2, 1],
  [1, 0, 2],
  [1, 2, 0],
  [2, 0, 1],
  [2, 1, 0],
] as const;

/** All orders of the axes, and both directions along each. */
export function everyViewCoordinates(rec: rr.RecordingStream): void {
  for (const order of ORDERS) {
    for (let directions = 0; directions < 8; directions++) {
      const name = order.map((axis, place) => AXES[axis][(directions >> place) & 1]).join("");
      rec.log("world", new rr.ViewCoordinates(name), { static: true });
    }
  }
}

export function formsOfViewCoordinates(rec: rr.RecordingStream): void {
  const forms: readonly rr.types.ViewCoordinatesLike[] = [
    "RDF",
    "rdf",
    ["Right", "Down", "Forward"],
    [3, 2, 5],
    ["Right", 2, "Forward"],
    new Uint8Array([3, 2, 5]),
  ];
  for (const [index, xyz] of forms.entries()) rec.log(`${index}`, new rr.ViewCoordinates(xyz));
  rec.log("none", rr.ViewCoordinates.fromFields({ xyz: [] }));
}

export function columns(rec: rr.RecordingStream): void {
  const frames = rr.TimeColumn.sequence("frame", [1, 2]);
  const xyz = [
    [3, 2, 5],
    [5, 4, 1],
  ];
  rec.sendColumns("world", frames, rr.ViewCoordinates.columns({ xyz: xyz as unknown as rr.types.ViewCoordinatesLike }));
}

export function names(rec: rr.RecordingStream): void {
  rec.log("robot", new rr.CoordinateFrame("größe"));
  rec.log("arm", new rr.CoordinateFrame("tf#/arm"), { static: true });
  rec.log("arm", new rr.TransformAxes3D(0.1, { showFrame: true }));
  rec.log("hand", new rr.TransformAxes3D([0.5, 2]));
}
