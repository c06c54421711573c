import {
  type DataType,
  Decimal,
  Dictionary,
  DurationMillisecond,
  DurationNanosecond,
  Field,
  Float32,
  Int32,
  Int64,
  List,
  Map_,
  Struct,
  TimestampMillisecond,
  TimestampNanosecond,
  Uint64,
  Union,
  UnionMode,
  Utf8,
} from "apache-arrow";
import { describe, expect, it } from "vitest";
import { typeText } from "../../../dist/arrays/layout.js";
import { listType, timelineType, typeKey } from "../../../dist/store/arrow-types.js";

const listOf = (name: string, isNullable: boolean): List => new List(new Field(name, new Float32(), isNullable));

describe("the type of a component's column", () => {
  it("is a list with nullable items, of a list or of one instance", () => {
    const keys = [listOf("item", true), listOf("element", false), new Float32()].map((type) => typeKey(listType(type)));
    expect(new Set(keys).size).toBe(1);
    expect(listType(new Float32()).children[0]).toMatchObject({ name: "item", nullable: true });
  });
});

describe("the key of a type", () => {
  it("differs for types whose names are equal", () => {
    const members = [new Field("a", new Int32(), true), new Field("b", new Utf8(), true)];
    const entries = (): never => new Field("entries", new Struct(members), false) as never;
    const types = [
      ...[32, 128, 256].map((bits) => new Decimal(2, 9, bits)),
      new Union(UnionMode.Dense, [0, 1], members),
      new Union(UnionMode.Sparse, [0, 1], members),
      new Union(UnionMode.Dense, [4, 1], members),
      new Map_(entries(), true),
      new Map_(entries(), false),
    ];
    for (const all of [types, types.map((type) => new List(new Field("item", type as DataType, true)))])
      expect(new Set(all.map((type) => typeKey(type as DataType))).size).toBe(types.length);
  });
});

describe("the type of a timeline", () => {
  it.for([
    [new Int64(), "Int64"],
    [new TimestampNanosecond("UTC"), "Timestamp<NANOSECOND>"],
    [new DurationNanosecond(), "Duration<NANOSECOND>"],
    [new Uint64(), undefined],
    [new Int32(), undefined],
    [new TimestampMillisecond(), undefined],
    [new DurationMillisecond(), undefined],
    [new Utf8(), undefined],
  ] as const)("of %s is %s", ([type, expected]) => {
    const found = timelineType(type);
    expect(found && typeText(found)).toBe(expected);
  });

  it("has no time zone", () => {
    expect(timelineType(new TimestampNanosecond("UTC"))).toMatchObject({ timezone: null });
  });
});

it("keys of types are equal for equal types only", () => {
  const structOf = (...names: readonly string[]): Struct =>
    new Struct(names.map((name) => new Field(name, new Int32(), false)));
  const make = (): readonly string[] =>
    [
      new Float32(),
      new Int32(),
      listOf("item", true),
      listOf("item", false),
      listOf("other", true),
      structOf("a"),
      structOf("b"),
      structOf("a", "b"),
      new Struct([new Field("a", listOf("item", true), false)]),
      new Dictionary(new Utf8(), new Int32()),
      new Dictionary(new Utf8(), new Int64() as never),
      new Dictionary(new Float32(), new Int32()),
    ].map((type) => typeKey(type));
  expect(make()).toEqual(make());
  expect(new Set(make()).size).toBe(make().length);
});
