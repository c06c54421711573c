import * as rr from "@rerun-ts/node";
import { incomparable, type Case } from "../harness/case.ts";

const { Color, Position3D, Radius, Scalar, Text } = rr.components;

const BYTES = new Uint8Array([0, 255, 7]).buffer;
const DAY = new Date("2025-03-21T06:57:41.661Z");

export function singleValues(rec: rr.RecordingStream): void {
  rec.log("row", new rr.AnyValues({ number: 1.5, integer: 5n, flag: true, text: "text ✓", bytes: BYTES, at: DAY }));
  rec.log("row", new rr.AnyValues({ number: -0, integer: -(2n ** 63n), text: "" }));
  rec.log("row", new rr.AnyValues({ number: undefined, flag: false }));
}

export function listsOfValues(rec: rr.RecordingStream): void {
  const values = {
    numbers: [1, -2.5, Number.MAX_VALUE],
    integers: [1n, -2n, 2n ** 63n - 1n],
    flags: [true, false, true],
    texts: ["x", "", "z"],
    buffers: [BYTES, new ArrayBuffer(0)],
    times: [DAY, new Date(0)],
  };
  rec.log("row", new rr.AnyValues(values));
}

export function typedArrays(rec: rr.RecordingStream): void {
  const values = {
    u8: new Uint8Array([0, 255]),
    u16: new Uint16Array([0, 65535]),
    u32: new Uint32Array([0, 4294967295]),
    u64: new BigUint64Array([0n, 2n ** 64n - 1n]),
    i8: new Int8Array([-128, 127]),
    i16: new Int16Array([-32768, 32767]),
    i32: new Int32Array([-2147483648, 2147483647]),
    i64: new BigInt64Array([-(2n ** 63n), 2n ** 63n - 1n]),
    f32: new Float32Array([0.1, -1]),
    f64: new Float64Array([0.1, Infinity]),
  };
  rec.log("row", new rr.AnyValues(values));
}

export function nulls(rec: rr.RecordingStream): void {
  const values = {
    some_numbers: [1, null, 3],
    some_integers: [null, 2n],
    some_flags: [null, true],
    some_texts: ["a", null, "b"],
    some_buffers: [null, BYTES],
    some_times: [DAY, null],
    some_lists: [[1], null, [null, 2]],
    some_fields: [{ a: 1 }, { a: null }],
  };
  rec.log("row", new rr.AnyValues(values));
}

export const nullObjects: Case = incomparable("pyarrow has a zero in the fields of an object that is null", (rec) => {
  rec.log("row", new rr.AnyValues({ some_objects: [{ a: 1 }, null, { a: null }] }));
});

export function nested(rec: rr.RecordingStream): void {
  const values = {
    lists: [[1.5, 2], [], [3]],
    listsOfTexts: [["a"], ["b", "c"]],
    deeper: [[[1n], []], [[2n, 3n]]],
    vectors: [new Float32Array([1, 2]), new Float32Array([0.1])],
    objects: [
      { x: 1, name: "a", deep: { tags: ["t"] } },
      { x: 2.5, name: "b", deep: { tags: [] } },
    ],
    keysThatComeAndGo: [{ a: 1 }, { b: "x", a: 2 }, {}],
  };
  rec.log("row", new rr.AnyValues(values));
}

export function nullAndEmptyClear(rec: rr.RecordingStream): void {
  rec.log("row", new rr.AnyValues({ gone: [1, 2], emptied: "x", stays: 1 }));
  rec.log("row", new rr.AnyValues({ gone: null, emptied: [], untyped: null, untyped_too: [] }));
  rec.log("row", new rr.AnyValues({ gone: [null, 3] }));
}

export function batchesOfComponents(rec: rr.RecordingStream): void {
  const values = {
    confidence: Scalar.batch([1.2, 3.4, 5.6]),
    description: Text.batch("Bla bla bla…"),
    homepage: "https://www.rerun.io",
    weight: rr.arrowBatch("Float32", [0.5, 0.25], { componentType: "user.Weight" }),
  };
  rec.log("row", new rr.AnyValues(values));
  rec.log("archetype", new rr.DynamicArchetype("MyArchetype", values));
  rec.log("archetype", new rr.DynamicArchetype("MyArchetype", { ...values, confidence: null, weight: null }));
}

export function archetypes(rec: rr.RecordingStream): void {
  const colors = Color.batch(["red", "lime"]);
  const thing = new rr.DynamicArchetype("MyThing", {
    weights: [0.25, 0.75],
    name: "n",
    colors,
    pos: Position3D.batch([1, 2, 3]),
  });
  rec.log("thing", thing);
  rec.log("several", [new rr.Points3D([0, 0, 0]), thing, new rr.AnyValues({ score: [1, 0.5] })]);
  rec.log("qualified", new rr.DynamicArchetype("user.Thing", { "odd name": 1 }));
  rec.log("built in", new rr.DynamicArchetype("rerun.archetypes.Points3D", { radii: Radius.batch(2), mine: 1 }));
}

export function descriptors(rec: rr.RecordingStream): void {
  rec.log("row", new rr.AnyBatchValue("just_name", [1, 2]));
  rec.log("row", new rr.AnyBatchValue({ component: "with_type", componentType: "user.Paint" }, 7n));
  rec.log("row", [
    new rr.AnyBatchValue({ component: "user.A:p", archetype: "user.A" }, Position3D.batch([1, 2, 3])),
    new rr.AnyBatchValue(
      { component: "user.A:conf", archetype: "user.A", componentType: "user.Conf" },
      rr.arrowBatch("Float32", [0.5, 0.25]),
    ),
  ]);
}

export function columns(rec: rr.RecordingStream): void {
  const steps = rr.TimeColumn.sequence("step", [0, 1, 2]);
  rec.sendColumns("any", steps, rr.AnyValues.columns({ sin: [0, 0.5, 1], names: ["a", "b", "c"] }));
  rec.sendColumns("typed", steps, rr.AnyValues.columns({ column_of_bytes: new Uint8Array([1, 2, 3]) }));
  rec.sendColumns("thing", steps, rr.DynamicArchetype.columns("MyThing", { weights: [1, 2, 3] }));
  rec.sendColumns("one", steps, [rr.AnyBatchValue.column("single", [true, false, true])]);
  rec.sendColumns("parts", steps, [rr.AnyBatchValue.column("parts", [1, 2, 3, 4]).partition([2, 0, 2])]);
  rec.sendColumns(
    "batch",
    steps,
    rr.DynamicArchetype.columns("MyThing", { colors: Color.batch(["red", "lime", "blue"]) }),
  );
}

export function properties(rec: rr.RecordingStream): void {
  rec.sendProperty("info", new rr.AnyValues({ a: [0.3, 0.4], b: "low", c: 7n, d: true }));
}

export function otherWidths(rec: rr.RecordingStream): void {
  const values = {
    half: rr.arrowBatch("Float16", [0.1, null, 65504]),
    large_texts: rr.arrowBatch("LargeUtf8", ["a", null, "größe"]),
    large_buffers: rr.arrowBatch("LargeBinary", [BYTES, null]),
    dates: rr.arrowBatch("Date32", [1, new Date("1969-12-31T23:00:00Z"), null]),
    ids: rr.arrowBatch({ type: "FixedSizeBinary", size: 3 }, [BYTES, null]),
    spans: rr.arrowBatch("Duration", [1.5, 5n, { millis: 1 }]),
    instants: rr.arrowBatch("Timestamp", new BigInt64Array([1_000n, -1_000n])),
    nothing: rr.arrowBatch("Null", [null, null]),
  };
  for (const [name, batch] of Object.entries(values)) rec.log(name, new rr.AnyValues({ [name]: batch }));
  // Offsets start at 0 in each chunk.
  rec.log("large_texts", new rr.AnyValues({ large_texts: rr.arrowBatch("LargeUtf8", ["b", "c"]) }));
}

export function matrices(rec: rr.RecordingStream): void {
  const row = {
    type: "FixedSizeList",
    size: 2,
    item: { name: "item", nullable: true, type: { type: "Int16" } },
  } as const;
  const matrix = { type: "FixedSizeList", size: 2, item: { name: "item", nullable: true, type: row } } as const;
  rec.log("flat", new rr.AnyValues({ flat: rr.arrowBatch(row, new Int16Array([1, 2, 3, 4])) }));
  const values = [[[1, 2], new Uint8Array([3, 4])], null, [null, [5, null]]];
  rec.log("nested", new rr.AnyValues({ nested: rr.arrowBatch(matrix, values) }));
}

export function unions(rec: rr.RecordingStream): void {
  const type = {
    type: "Union",
    typeIds: [0, 1],
    fields: [
      { name: "number", nullable: true, type: { type: "Float64" } },
      { name: "text", nullable: true, type: { type: "Utf8" } },
    ],
  } as const;
  rec.log("row", new rr.AnyValues({ union: rr.arrowBatch(type, [{ number: 1 }, { text: "a" }, { number: null }]) }));
}
