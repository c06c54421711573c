import * as rr from "@rerun-ts/node";

const { blueprint } = rr;

export function allFields(rec: rr.RecordingStream): void {
  rec.log("background", new blueprint.Background({ kind: "SolidColor", color: "#ff880080" }));
  const grid = { spacing: 0.1, plane: { normal: [0, 0, 1], distance: 0.1 }, strokeWidth: 0.5, color: [255, 136, 0] };
  rec.log("grid", new blueprint.LineGrid3D({ visible: false, ...grid }));
  rec.log("clip", new blueprint.NearClipPlane(0.1));
  rec.log("bounds", new blueprint.VisualBounds2D({ range: { xRange: [-0.1, 640], yRange: [0, 480] } }));
  const eye = { position: [1, 2, 3], lookTarget: [0.1, 0, 0], eyeUp: [0, 0, 1], speed: 0.1, spinSpeed: -0.1 };
  rec.log("eye", new blueprint.EyeControls3D({ kind: "Orbital", ...eye, trackingEntity: "/robot" }));
  const shown = { showBoundingBox: true, showAxes: false, axes: "RDF" };
  rec.log("space", new blueprint.SpatialInformation("tf#/robot", shown));
  rec.log("map", new blueprint.MapBackground("MapboxDark"));
  rec.log("zoom", new blueprint.MapZoom(16.1));
}

export function formsOfPlanes(rec: rr.RecordingStream): void {
  const forms: readonly rr.types.PlanesLike[] = [
    { normal: [0, 0, 1], distance: 0.5 },
    { normal: { x: 0, y: 0, z: 1 }, distance: 0.5 },
    { normal: new Float64Array([0, 0, 1]), distance: 0.5 },
    [0, 0, 1, 0.5],
    [[0, 0, 1, 0.5]],
    new Float32Array([0, 0, 1, 0.5]),
    { x: 0, y: 0, z: 1, w: 0.5 },
  ];
  for (const [index, plane] of forms.entries()) rec.log(`${index}`, new blueprint.LineGrid3D({ plane }));
  rec.log("through the origin", new blueprint.LineGrid3D({ plane: { normal: [1, 2, 0.1] } }));
  rec.log("two", blueprint.LineGrid3D.fromFields({ plane: [{ normal: [1, 0, 0] }, [0, 1, 0, 2]] }));
  for (const plane of ["XY", "YZ", "ZX"] as const) rec.log(plane, new blueprint.LineGrid3D({ plane }));
}

export function formsOfBounds(rec: rr.RecordingStream): void {
  const forms: readonly rr.types.RangeLike[] = [[-1, 0.1], { min: -1, max: 0.1 }, new Float64Array([-1, 0.1])];
  for (const [index, xRange] of forms.entries())
    rec.log(`${index}`, new blueprint.VisualBounds2D({ range: { xRange, yRange: { min: 0, max: 1e300 } } }));
}
