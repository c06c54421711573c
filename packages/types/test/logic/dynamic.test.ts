import {
  componentBatches,
  RecordingStream,
  TimeColumn,
  type ArrowType,
  type AsComponents,
  type RerunError,
} from "@rerun-ts/core";
import {
  AnyBatchValue,
  AnyValues,
  arrowBatch,
  components,
  DynamicArchetype,
  encodings,
  type AnyValue,
  type ArrowTypeLike,
} from "@rerun-ts/types";
import { describe, expect, it } from "vitest";
import { readChunks, valuesOf } from "@rerun-ts/test-support/common/read-chunks";

function record(): { recording: RecordingStream; warnings: RerunError[]; read: () => Uint8Array } {
  const warnings: RerunError[] = [];
  const recording = new RecordingStream("dynamic", { onWarning: (warning) => warnings.push(warning) });
  const memory = recording.memoryRecording();
  return { recording, warnings, read: () => memory.drainAsBytes() };
}

/** The instances of each component of one row. */
function logged(data: AsComponents): Readonly<Record<string, unknown>> {
  const recording = new RecordingStream("dynamic", { strict: true });
  const memory = recording.memoryRecording();
  recording.log("x", data);
  const [chunk] = readChunks(memory.drainAsBytes());
  return Object.fromEntries(Object.entries(chunk?.components ?? {}).map(([name, rows]) => [name, rows[0]]));
}

/** An object in as many objects, with this one. */
function objectWithLevels(levels: number): object {
  return { a: levels === 1 ? 1 : objectWithLevels(levels - 1) };
}

function typeWithLevels(levels: number): ArrowTypeLike {
  if (levels === 0) return { type: "Int8" };
  return { type: "List", item: { name: "item", nullable: true, type: typeWithLevels(levels - 1) as ArrowType } };
}

const MILLIS = 1_742_539_110_661;

describe("AnyValues infers the Arrow type of", () => {
  it.each<[what: string, value: AnyValue, expected: unknown]>([
    ["a number", 1.5, [1.5]],
    ["numbers, one of them null", [1, null, 3], [1, null, 3]],
    ["as many levels as Rerun reads", objectWithLevels(59), [objectWithLevels(59)]],
    ["bigints", [1n, -(2n ** 63n)], [1n, -(2n ** 63n)]],
    ["booleans", [true, null], [true, null]],
    ["strings", ["a", "", "größe"], ["a", "", "größe"]],
    ["bytes", [new Uint8Array([1, 2]).buffer, null], [[1, 2], null]],
    ["a typed array", new Int16Array([1, -2]), [1, -2]],
    ["an empty typed array", new Int16Array(0), []],
    ["a typed array of bigints", new BigUint64Array([2n ** 64n - 1n]), [2n ** 64n - 1n]],
    ["a view into a larger buffer", new Float32Array([0, 1, 2, 9]).subarray(1, 3), [1, 2]],
    ["a Date", new Date(MILLIS), [MILLIS]],
    ["Temporal instants", [{ epochNanoseconds: BigInt(MILLIS) * 1_000_000n }, null], [MILLIS, null]],
    ["lists", [[1], [], null, [null, 2]], [[1], [], null, [null, 2]]],
    ["lists of lists", [[["a"], []]], [[["a"], []]]],
    ["lists in typed arrays", [new Uint8Array([1]), new Uint8Array([2, 3])], [[1], [2, 3]]],
    ["an object", { x: 1, tags: ["a"], gone: undefined }, [{ x: 1, tags: ["a"] }]],
    ["objects with different keys", [{ a: 1 }, { b: "x" }, null], [{ a: 1, b: null }, { a: null, b: "x" }, null]],
    [
      "an object of a class",
      new (class Pose {
        readonly x = 1;
      })(),
      [{ x: 1 }],
    ],
    ["an object with null fields", { a: null, b: [] }, [{ a: null, b: [] }]],
  ])("%s", (_, value, expected) => {
    expect(logged(new AnyValues({ value }))).toEqual({ value: expected });
  });

  it("other values than batches, which keep their component type", () => {
    const { recording, read } = record();
    const values = { score: components.Scalar.batch(1), weight: arrowBatch("Float32", 0.5, { componentType: "my.W" }) };
    recording.log("x", new DynamicArchetype("my.Thing", { ...values, plain: encodings.Float64.batch(2) }));
    const [chunk] = readChunks(read());
    expect(chunk?.metadata).toMatchObject({
      "my.Thing:score": { "rerun:component_type": "rerun.components.Scalar", "rerun:archetype": "my.Thing" },
      "my.Thing:weight": { "rerun:component_type": "my.W" },
    });
    expect(chunk?.metadata["my.Thing:plain"]).not.toHaveProperty("rerun:component_type");
  });
});

describe("a component of AnyValues", () => {
  it("is cleared by null and [] if it has a type; else they are dropped", () => {
    const { recording, warnings, read } = record();
    recording.log("x", new AnyValues({ a: null, b: [], c: [null, null] }));
    recording.log("x", new AnyValues({ a: 1, b: "x", c: [1n] }));
    recording.log("x", new AnyValues({ a: null, b: [], c: [null, null] }));
    recording.log("x", new AnyValues({ a: new Uint8Array(0) }));
    expect(readChunks(read())).toMatchObject([
      { rows: 3, components: { a: [[1], [], []], b: [["x"], [], null], c: [[1n], [null, null], null] } },
    ]);
    expect(warnings).toEqual([]);
  });

  it("has one type per recording, whoever writes it first", () => {
    const { recording, read } = record();
    recording.log("x", componentBatches("my.Thing", { score: components.Scalar.batch(1) }));
    recording.log("x", new DynamicArchetype("my.Thing", { score: null }));
    recording.log("y", new AnyBatchValue("foo", arrowBatch("Int32", 1)));
    recording.log("y", new AnyValues({ foo: [null] }));
    recording.log("y", { asComponents: (row) => row.write({ component: "foo" }, null) });
    const file = read();
    expect(valuesOf(file, "/x", "my.Thing:score")).toEqual([[1], []]);
    expect(valuesOf(file, "/y", "foo")).toEqual([[1], [null], []]);
  });

  it("keeps all fields of its struct if objects lack some", () => {
    const { recording, warnings, read } = record();
    for (const pose of [{ x: 1 }, { x: 2, y: 3 }, { y: 4 }, { x: null }]) recording.log("x", new AnyValues({ pose }));
    expect(readChunks(read())).toMatchObject([
      { components: { pose: [[{ x: 1 }]] } },
      { components: { pose: [[{ x: 2, y: 3 }], [{ x: null, y: 4 }], [{ x: null, y: null }]] } },
    ]);
    expect(warnings).toHaveLength(1);
  });

  it("is reported if its type changes", () => {
    const { recording, warnings, read } = record();
    for (const foo of [1, "a", 2, "b"]) recording.log("x", [new AnyValues({ foo }), new AnyValues({ bar: 1 })]);
    expect(valuesOf(read(), "/x", "foo")).toEqual([[1], ["a"], [2], ["b"]]);
    expect(warnings.map(({ message }) => message)).toEqual([
      "`AnyValues.foo` changed its type from Float64 to Utf8: a component should keep its type",
      "`AnyValues.foo` changed its type from Utf8 to Float64: a component should keep its type",
    ]);
  });
});

describe("AnyValues.columns", () => {
  it("has one instance in each row, unless it is partitioned", () => {
    const { recording, warnings, read } = record();
    const times = TimeColumn.sequence("step", [0, 1, 2]);
    const values = { a: [1, 2, 3], b: new Float32Array([4, 5, 6]), c: [[1], [], null], gone: undefined, untyped: [] };
    recording.sendColumns("x", times, AnyValues.columns(values));
    recording.sendColumns("x", times, DynamicArchetype.columns("my.Thing", { d: [1, 2, 3] }).partition([0, 2, 1]));
    recording.sendColumns("x", times, [AnyBatchValue.column("e", components.Text.batch(["a", "b", "c"]))]);
    expect(readChunks(read())).toMatchObject([
      { components: { a: [[1], [2], [3]], b: [[4], [5], [6]], c: [[[1]], [[]], [null]] } },
      { components: { "my.Thing:d": [[], [1, 2], [3]] } },
      { components: { e: [["a"], ["b"], ["c"]] } },
    ]);
    expect(warnings).toEqual([]);
  });

  it.each<[what: string, columns: () => Parameters<RecordingStream["sendColumns"]>[2], message: RegExp]>([
    ["mixed kinds", () => AnyValues.columns({ foo: [1, "a"] }), /`AnyValues.foo` at `\/x` must be a number.*index 1/],
    ["no values by name", () => AnyValues.columns(null as never), /`AnyValues` at .* got null/],
    ["no type", () => AnyValues.columns({ foo: [] }, { dropUntypedNulls: false }), /`AnyValues.foo`.*arrowBatch/],
    ["no name", () => [AnyBatchValue.column(null as never, 1)], /`descriptor` at .* got null/],
    ["no archetype", () => DynamicArchetype.columns("", { a: 1 }), /`archetype` at .* got ""/],
    ["values of another type", () => AnyValues.columns({ foo: arrowBatch("Int8", [1, 128]) }), /`AnyValues.foo`.*128/],
  ])("reports invalid columns when they are sent: %s", (_, columns, message) => {
    const { recording, warnings, read } = record();
    recording.sendColumns("x", TimeColumn.sequence("step", [0, 1]), columns());
    expect(warnings.map((warning) => warning.message)).toEqual([expect.stringMatching(message)]);
    expect(readChunks(read())).toEqual([]);
  });
});

describe("AnyValues reports invalid values and does not store the row:", () => {
  const cyclic: Record<string, unknown> = {};
  cyclic["self"] = cyclic;
  const cyclicArray: unknown[] = [];
  cyclicArray.push([cyclicArray]);
  it.each<[what: string, value: AnyValue, message: RegExp]>([
    ["mixed kinds", [1, "a"], /must be a number, as the values before it are, got "a" at index 1/],
    ["numbers and bigints", [1, 2n], /numbers and bigints cannot be mixed\), got 2n at index 1/],
    ["a list among numbers", [1, [2]], /must be a number.*got an array of length 1/],
    [
      "mixed kinds deep inside",
      [{ a: { b: [1] } }, { a: { b: [true] } }],
      /`AnyValues\.value\.a\.b`.*number.*got true/,
    ],
    ["different typed arrays", [new Uint8Array(1), new Int8Array(1)], /a Uint8Array.*got Int8Array of length 1/],
    ["a function", { run: () => {} }, /`AnyValues\.value\.run` .*plain object.*got function run/],
    ["an archetype", new AnyValues({ a: 1 }), /plain object.*got AnyValues/],
    ["a Map", new Map([["a", 1]]), /plain object.*got Map/],
    ["a RegExp", /x/, /plain object.*got RegExp/],
    ["an invalid Date", new Date(Number.NaN), /a valid Date, got an invalid Date/],
    ["a value that holds itself", cyclic, /nested at most 59 levels deep, got more, or a value inside itself/],
    ["an array that holds itself", cyclicArray, /nested at most 59 levels deep/],
    ["more levels than Rerun reads", objectWithLevels(60), /nested at most 59 levels deep/],
    ["a type with more levels", arrowBatch(typeWithLevels(60), [null]), /an Arrow type with at most 59 levels/],
  ])("%s", (_, value, message) => {
    const { recording, warnings, read } = record();
    recording.log("x", new AnyValues({ good: 1, value }));
    expect(warnings.map((warning) => warning.message)).toEqual([expect.stringMatching(message)]);
    expect(warnings[0]?.code).toBe("INVALID_DATA");
    expect(readChunks(read())).toEqual([]);
  });

  it.each<[what: string, data: () => AsComponents, argument: string]>([
    ["no object", () => new AnyValues("abc" as never), "AnyValues"],
    ["an archetype", () => new AnyValues(new AnyValues({ a: 1 }) as never), "AnyValues"],
    ["an empty name", () => new AnyValues({ "": 1 }), "AnyValues"],
    ["an empty archetype", () => new DynamicArchetype("", { a: 1 }), "archetype"],
    ["no descriptor", () => new AnyBatchValue({} as never, 1), "descriptor"],
    ["null without a type", () => new AnyValues({ a: null }, { dropUntypedNulls: false }), "AnyValues.a"],
    ["a bad value", () => new DynamicArchetype("my.Thing", { a: [1, "x"] }), "Thing.a"],
    ["a bad value of a batch", () => new DynamicArchetype("my.Thing", { a: arrowBatch("Int8", 300) }), "Thing.a"],
    ["a bad value by descriptor", () => new AnyBatchValue("foo", Symbol.iterator as never), "foo"],
  ])("%s", (_, data, argument) => {
    const { recording, warnings, read } = record();
    recording.log("x", data());
    expect(warnings).toMatchObject([{ code: "INVALID_DATA", argument }]);
    expect(readChunks(read())).toEqual([]);
  });
});

const item = { name: "item", nullable: true, type: { type: "Float32" } } as const;
const required = { name: "id", nullable: false, type: { type: "UInt8" } } as const;
const STRUCT = { type: "Struct", fields: [required, { ...item, name: "x" }] } as const;
const UNION = { type: "Union", typeIds: [0, 1], fields: [required, { ...item, name: "x" }] } as const;

describe("arrowBatch", () => {
  it.each<[type: ArrowTypeLike, values: unknown, expected: unknown]>([
    ["Int8", [-128, null, 127], [-128, null, 127]],
    ["UInt32", 4_294_967_295, [4_294_967_295]],
    ["Int64", [1, 2n ** 62n, null], [1n, 2n ** 62n, null]],
    ["UInt64", new Uint8Array([1]), [1n]],
    ["Float16", [0.5, null], [0.5, null]],
    ["Float32", new Float64Array([0.5]), [0.5]],
    ["Float64", [], []],
    ["Binary", new Uint8Array([1, 2]), [[1, 2]]],
    ["LargeUtf8", ["a", null, "bc"], ["a", null, "bc"]],
    ["LargeBinary", [new ArrayBuffer(1), null], [[0], null]],
    ["Duration", [{ millis: 1 }, 2n], [1_000_000n, 2n]],
    ["Null", [null], [null]],
    [{ type: "FixedSizeBinary", size: 2 }, [new Uint8Array([1, 2]), null], [[1, 2], null]],
    [{ type: "List", item }, [[1], null, new Float32Array([2, 3])], [[1], null, [2, 3]]],
    [
      { type: "FixedSizeList", size: 2, item },
      new Float32Array([1, 2, 3, 4]),
      [
        [1, 2],
        [3, 4],
      ],
    ],
    [STRUCT, [{ id: 1 }, null, { id: 2, x: 3 }], [{ id: 1, x: null }, null, { id: 2, x: 3 }]],
  ])("accepts values of the type %j", (type, values, expected) => {
    expect(logged(new AnyValues({ value: arrowBatch(type, values) }))).toEqual({ value: expected });
  });

  it.each<[type: ArrowTypeLike, values: unknown, message: RegExp]>([
    ["Int8", [1, 128], /integer from -128 to 127, got 128 at index 1/],
    ["Int32", "1", /integer.*got "1"/],
    ["Int32", [1n], /integer.*got 1n/],
    ["UInt64", -1n, /integer from 0.*got -1n/],
    ["Int64", [2 ** 60], /bigint beyond.*got 1152921504606847000/],
    ["Bool", [0], /boolean, got 0/],
    ["Utf8", new Uint8Array(1), /string, got Uint8Array/],
    ["Binary", ["abc"], /bytes.*got "abc"/],
    ["Date32", [new Date(Number.NaN)], /valid Date/],
    ["Timestamp", [1e15], /seconds since 1970/],
    [{ type: "FixedSizeBinary", size: 2 }, new ArrayBuffer(3), /2 bytes, got 3 bytes/],
    [{ type: "List", item }, [1], /a list.*got 1 at index 0/],
    [{ type: "List", item: { ...item, nullable: false } }, [[null]], /is null, but its type is not nullable/],
    [{ type: "FixedSizeList", size: 2, item }, [[1]], /list of 2 items, got 1 item/],
    [{ type: "FixedSizeList", size: 2, item }, new Float32Array(3), /lists of 2 items.*got 3 items/],
    [STRUCT, { x: 1 }, /`AnyValues\.value\.id` .*is undefined, but its type is not nullable/],
    [STRUCT, { id: 1, y: 1 }, /has the unknown key `y`; keys: id, x/],
    [UNION, { id: 1, x: 1 }, /one of the keys id, x/],
    [UNION, { y: 1 }, /one of the keys id, x/],
    ["Int7" as never, 1, /Arrow type.*got "Int7"/],
    [{ type: "List" } as never, [], /fields are \{ name, nullable, type \}, got undefined/],
    [{ type: "FixedSizeList", size: 0, item }, [], /`size` is a positive integer, got 0/],
    [{ ...UNION, typeIds: [0] }, [], /a type id for each field/],
    [null as never, 1, /Arrow type.*got null/],
  ])("rejects other values than the type %j", (type, values, message) => {
    const { recording, warnings, read } = record();
    recording.log("x", new AnyValues({ value: arrowBatch(type, values) }));
    expect(warnings.map((warning) => warning.message)).toEqual([expect.stringMatching(message)]);
    expect(readChunks(read())).toEqual([]);
  });
});
