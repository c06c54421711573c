import { Chunk, ChunkStore, ChunkStream, derive, sendChunks, vectorBatch, type Lens } from "@rerun-ts/reading";
import * as rr from "@rerun-ts/node";
import { Field, Float64, Int64, List, Struct, Table, vectorFromArray, type DataType } from "apache-arrow";

const struct = (fields: Record<string, DataType>): Struct =>
  new Struct(Object.entries(fields).map(([name, type]) => new Field(name, type, true)));

function structs(type: Struct, rows: readonly object[]): unknown {
  return vectorBatch(vectorFromArray(rows, type));
}

function imu(): Chunk {
  const accel = structs(struct({ x: new Float64(), y: new Float64(), elapsed: new Int64() }), [
    { x: 1, y: 4, elapsed: 0n },
    { x: 2, y: 5, elapsed: 10_000_000n },
    { x: 3, y: 6, elapsed: 20_000_000n },
  ]);
  return Chunk.fromColumns("/sensor/imu", {
    timelines: rr.TimeColumn.sequence("frame", [0, 1, 2]),
    columns: rr.DynamicArchetype.columns("Imu", { accel: accel as never, status: ["ok", "ok", "warn"] }),
  });
}

export async function fieldsToEntitiesAndTimelines(rec: rr.RecordingStream): Promise<void> {
  const lenses: Lens[] = [
    { from: "Imu:accel", value: "x", as: rr.Scalars },
    {
      from: "Imu:accel",
      to: "/new_entity/accel_y",
      value: "y",
      as: rr.Scalars,
      timelines: { sensor_elapsed: { kind: "duration", value: "elapsed" } },
    },
    { from: "Imu:accel", value: "x" },
    {
      from: "Imu:accel",
      to: "/new_entity/accel_scaled_x",
      value: "x",
      map: (x) => Float64Array.from(x, (value) => value * 9.81),
      as: rr.Scalars,
    },
  ];
  await sendChunks(rec, ChunkStream.from([imu()]).derive(lenses, { output: "unmatched" }));
}

export async function vectorsAndSeveralCurves(rec: rr.RecordingStream): Promise<void> {
  const lenses: Lens[] = [
    { from: "Imu:accel", to: "/points", value: ["x", "y"], as: rr.Points2D },
    { from: "Imu:accel", to: "/curves", value: ["x", "y"], as: rr.Scalars },
    {
      from: "Imu:accel",
      to: "/pose",
      value: ["x", "y", "x"],
      as: { archetype: rr.Transform3D, field: "translation" },
    },
    { from: "Imu:status", to: "/status", as: rr.TextLog },
  ];
  await sendChunks(rec, derive(imu(), lenses, { output: "all" }));
}

export async function instancesToRows(rec: rr.RecordingStream): Promise<void> {
  const type = struct({ ranges: new List(new Field("item", new Float64(), true)) });
  const data = structs(type, [{ ranges: [1, 2] }, { ranges: [] }, { ranges: [3] }]);
  const chunk = Chunk.fromColumns("/scan", {
    timelines: rr.TimeColumn.sequence("frame", [0, 1, 2]),
    columns: rr.DynamicArchetype.columns("Scan", { data: data as never }),
  });
  const lenses: Lens[] = [
    { from: "Scan:data", to: "/all", value: "ranges[]", as: rr.Scalars },
    { from: "Scan:data", to: "/rows", value: "ranges[]", as: rr.Scalars, scatter: true },
  ];
  await sendChunks(rec, derive(chunk, lenses, { output: "all" }));
}

export async function chunksThatAreEdited(rec: rr.RecordingStream): Promise<void> {
  const copy = imu().withEntityPath("/copy");
  await sendChunks(rec, [copy, Chunk.fromProperty("episode", new rr.TextLog("first"))]);
  await sendChunks(rec, derive(copy.withEntityPath("/y"), { from: "Imu:accel", value: "y" }, { output: "all" }));
  const [labels, rest] = ChunkStream.from([imu()]).split({ components: ["Imu:status"] });
  await sendChunks(rec, await ChunkStore.from(ChunkStream.concat(labels, rest)));
  const table = new Table({
    frame: vectorFromArray([5n, 6n], new Int64()),
    "/table:speed": vectorFromArray([0.5, 0.75], new Float64()),
  });
  await sendChunks(rec, Chunk.fromTable(table as never, { index: "frame" }));
}
