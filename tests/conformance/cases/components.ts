import * as rr from "@rerun-ts/node";
const { Color, HalfSize3D, Scalar, Text } = rr.components;

export function ownArchetype(rec: rr.RecordingStream): void {
  const detection = {
    score: Scalar.batch([0.93, 0.5]),
    label: Text.batch(["car", "tree"]),
    size: HalfSize3D.batch([
      [1, 2, 3],
      [4, 5, 6],
    ]),
    color: Color.batch("orange"),
  };
  rec.log("car", rr.componentBatches("my.Detection", detection));
  rec.log("car", rr.componentBatches("my.Detection", { score: Scalar.batch([]), label: undefined }));
  rec.log("car", rr.componentBatches("my.Detection", { score: null, label: null }));
}

export function besideBuiltInOnes(rec: rr.RecordingStream): void {
  const car: rr.types.AsComponents = {
    asComponents(row) {
      row.add(new rr.Boxes3D({ sizes: [4, 2, 1.5], labels: "car" }));
      row.add(rr.componentBatches("my.Detection", { score: Scalar.batch(0.93) }));
    },
  };
  rec.log("car", car);
  rec.log("car", [car, new rr.TextLog("seen")]);
}

export function namesOfArchetypes(rec: rr.RecordingStream): void {
  for (const name of ["Detection", "my.Detection", "a b", "größe", "user.A"]) {
    rec.log("row", rr.componentBatches(name, { score: Scalar.batch(1), "odd-name v1.2": Scalar.batch(2) }));
  }
}

export function ofABuiltInArchetype(rec: rr.RecordingStream): void {
  rec.log("points", rr.componentBatches("rerun.archetypes.Points3D", { radii: rr.components.Radius.batch(2) }));
}

export function descriptors(rec: rr.RecordingStream): void {
  const scalar = Scalar.batch(1);
  const log = (path: string, descriptor: rr.types.ComponentDescriptor): void =>
    rec.log(path, { asComponents: (row) => row.write(descriptor, scalar) }, { static: true });
  log("name alone", { component: "foo" });
  log("with colon", { component: "foo:bar" });
  log("unusual", { component: "_x,y-z.w\\v u" });
  log("archetype", { component: "user.A:pos", archetype: "user.A" });
  log("of another archetype", { component: "A:b", archetype: "user.A" });
  log("type", { component: "foo", componentType: "my.Type" });
  log("everything", { component: "A:b", archetype: "A", componentType: "rerun.components.Scalar" });
}

/** Encodings are not component types, so none is written. */
export function sharedEncodings(rec: rr.RecordingStream): void {
  const { Bool, Float32, TimeInt, Utf8, Vec2D } = rr.encodings;
  rec.log("row", rr.componentBatches("plain", { flag: Bool.batch([true, false]), number: Float32.batch(0.1) }));
  rec.log(
    "row",
    rr.componentBatches("plain", { text: Utf8.batch("x"), time: TimeInt.batch(5n), at: Vec2D.batch([1, 2]) }),
  );
}

/** On one entity Rerun warns if a type changes. */
export function oneNameOfSeveralTypes(rec: rr.RecordingStream): void {
  const { Bool, Float64, Utf8 } = rr.encodings;
  for (let index = 0; index < 3; index++) {
    rec.log("number", rr.componentBatches("my.Value", { value: Float64.batch(index) }));
    rec.log("text", rr.componentBatches("my.Value", { value: Utf8.batch(`${index}`) }));
    rec.log("flag", rr.componentBatches("my.Value", { value: Bool.batch(index > 1) }));
  }
}

export function columns(rec: rr.RecordingStream): void {
  const field = {
    descriptor: { component: "my.Detection:score", archetype: "my.Detection", componentType: Scalar.name },
    type: Scalar,
    label: "Detection.score",
  };
  rec.sendColumns("car", rr.TimeColumn.sequence("frame", [1, 2]), [new rr.ComponentColumn(field, [0.5, 0.25])]);
}

/** Logs one component with a custom Arrow type. */
function logArrow(rec: rr.RecordingStream, component: string, type: rr.types.ArrowTypeLike, values: unknown): void {
  rec.log(component, { asComponents: (row) => row.write({ component }, rr.arrowBatch(type, values)) });
}

export function integers(rec: rr.RecordingStream): void {
  const small = ["Int8", "Int16", "Int32", "UInt8", "UInt16", "UInt32"] as const;
  const large = ["Int64", "UInt64", "Timestamp", "Duration"] as const;
  for (const type of small) logArrow(rec, type, type, [1, 127]);
  for (const type of large) logArrow(rec, type, type, [2n ** 32n + 5n, null]);
}

export function nestedLists(rec: rr.RecordingStream): void {
  const number = { name: "item", nullable: true, type: { type: "Float64" } } as const;
  const text = { name: "item", nullable: true, type: { type: "Utf8" } } as const;
  logArrow(rec, "pairs", { type: "FixedSizeList", size: 2, item: number }, [[1.5, -2.5], null]);
  logArrow(rec, "texts", { type: "List", item: text }, [["a", null], [], null]);
}

export function structs(rec: rr.RecordingStream): void {
  const type: rr.types.ArrowType = {
    type: "Struct",
    fields: [
      { name: "name", nullable: true, type: { type: "Utf8" } },
      { name: "payload", nullable: false, type: { type: "Binary" } },
    ],
  };
  logArrow(rec, "struct", type, [
    { name: "full", payload: new Uint8Array([0, 255]) },
    { name: null, payload: new Uint8Array(0) },
  ]);
}
