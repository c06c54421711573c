// The data that all runtimes log; `rr` is the package of the platform.

const ROWS = 10;

/** Creates a recording with one chunk per row, so that recordings can be compared. */
export function newRecording(rr, recordingId) {
  return new rr.RecordingStream("runtimes", { recordingId, strict: true, batcher: { flushNumRows: 0 } });
}

/** Logs all kinds of data. */
export function record(rr, rec) {
  rec.log("world", new rr.ViewCoordinates("RUB"), { static: true });
  rec.log(
    "world/mesh",
    new rr.Mesh3D({
      vertexPositions: [
        [0, 0, 0],
        [1, 0, 0],
        [0, 1, 0],
      ],
      triangleIndices: [[0, 1, 2]],
    }),
    { static: true },
  );
  rec.log("notes", new rr.TextDocument("# Größe\n\n日本語 🚀", { mediaType: "text/markdown" }), { static: true });
  for (let row = 0; row < ROWS; row++) {
    rec.setTime("row", row);
    rec.setTime("big", 2n ** 60n + BigInt(row));
    rec.setTime("since", { duration: row / 8 });
    const points = Float32Array.from({ length: 30 }, (_, i) => i / 7 + row);
    rec.log("world/points", new rr.Points3D(points, { colors: ["orange", "#08f"], radii: 0.5, labels: ["ä", "語"] }));
    rec.log("world/boxes", new rr.Boxes3D({ halfSizes: [[1, 2, row]], centers: [[row, 0, 0]] }));
    rec.log("world/camera", new rr.Transform3D({ translation: [row, 1, 2] }));
    rec.log("world/lines", new rr.LineStrips3D([[0, 0, 0, row, 1, 2]]));
    rec.log("scalars", new rr.Scalars([Math.sin(row), -row]));
    rec.log("log", new rr.TextLog(`row ${row} “ü”`, { level: "INFO" }));
    rec.log("image", new rr.Image({ data: new Uint8Array(12 * 8 * 3).fill(row), width: 12, height: 8 }));
    rec.log("tensor", new rr.Tensor({ data: Float64Array.from({ length: 24 }, (_, i) => i * row), shape: [2, 3, 4] }));
    rec.log("any", new rr.AnyValues({ count: row, name: `n${row}`, large: 2n ** 53n + BigInt(row) }));
  }
  const times = Array.from({ length: 100 }, (_, i) => i);
  rec.sendColumns(
    "columns",
    rr.TimeColumn.sequence("row", times),
    rr.Scalars.columns({ scalars: times.map((i) => i / 3) }),
  );
}
