import * as rr from "@rerun-ts/node";

const TRIANGLE = [0, 0, 0, 1, 0, 0, 0, 0.1, 0];

export function allFields(rec: rr.RecordingStream): void {
  const mesh = new rr.Mesh3D({
    vertexPositions: TRIANGLE,
    triangleIndices: [0, 1, 2, 2, 1, 0],
    vertexNormals: [0, 0, 1, 0, 0, 1, 0, 0, 1],
    vertexColors: ["red", 0x00ff00ff, [0, 0, 255]],
    vertexTexcoords: [0, 0, 1, 0, 0, 0.1],
    albedoFactor: [255, 255, 255, 128],
    faceRendering: "Front",
    albedoTextureBuffer: new Uint8Array(12).fill(7),
    albedoTextureFormat: { width: 2, height: 2, colorModel: "RGB", channelDatatype: "U8" },
    classIds: 3,
  });
  rec.log("mesh", mesh);
}

export function formsOfTriangles(rec: rr.RecordingStream): void {
  const forms: readonly rr.types.Vec3sLike[] = [
    [0, 1, 2, 2, 1, 0],
    [
      [0, 1, 2],
      [2, 1, 0],
    ],
    new Uint32Array([0, 1, 2, 2, 1, 0]),
    new Uint16Array([0, 1, 2, 2, 1, 0]),
    new Float64Array([0, 1, 2, 2, 1, 0]),
    [new Uint8Array([0, 1, 2]), { x: 2, y: 1, z: 0 }],
  ];
  for (const [index, triangleIndices] of forms.entries())
    rec.log(`${index}`, new rr.Mesh3D({ vertexPositions: TRIANGLE, triangleIndices }));
  rec.log("largest index", new rr.Mesh3D({ vertexPositions: TRIANGLE, triangleIndices: [0, 1, 2 ** 32 - 1] }));
}

export function colorsOfVertices(rec: rr.RecordingStream): void {
  const colors: Readonly<Record<string, rr.types.ColorsLike>> = {
    "bytes for each vertex": new Uint8Array([255, 0, 0, 0, 255, 0, 0, 0, 255]),
    "fractions for each vertex": new Float32Array([1, 0, 0, 0, 1, 0, 0, 0, 1]),
    "one for all": "red",
  };
  for (const [path, vertexColors] of Object.entries(colors))
    rec.log(path, new rr.Mesh3D({ vertexPositions: new Float32Array(TRIANGLE), vertexColors }));
}
