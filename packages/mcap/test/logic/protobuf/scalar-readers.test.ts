import { BinaryWriter } from "@bufbuild/protobuf/wire";
import { ScalarType } from "@bufbuild/protobuf";
import { Vector } from "apache-arrow";
import { describe, expect, it } from "vitest";
import { readEnumNumber, scanVarint, scalarReader } from "../../../dist/protobuf/scalar-readers.js";

const MAX_INT64 = 2n ** 63n - 1n;
const MIN_INT64 = -(2n ** 63n);
const MAX_UINT64 = 2n ** 64n - 1n;

type Write = (writer: BinaryWriter, value: never) => unknown;

/** Values of each type, with the function of the protobuf library that writes them, and their wire type. */
const CASES: readonly (readonly [ScalarType, number, Write, readonly unknown[]])[] = [
  [ScalarType.DOUBLE, 1, (to, value) => to.double(value), [0, -1.5, 1e300, -Infinity]],
  [ScalarType.FLOAT, 5, (to, value) => to.float(value), [0, -1.5, 0.25]],
  [ScalarType.INT32, 0, (to, value) => to.int32(value), [0, 1, -1, 127, 128, -(2 ** 31), 2 ** 31 - 1]],
  [ScalarType.UINT32, 0, (to, value) => to.uint32(value), [0, 2 ** 31, 2 ** 32 - 1]],
  [ScalarType.SINT32, 0, (to, value) => to.sint32(value), [0, 1, -1, 63, -64, 64, -(2 ** 31), 2 ** 31 - 1]],
  [ScalarType.INT64, 0, (to, value) => to.int64(value), [0n, 1n, -1n, 2n ** 28n, 2n ** 35n, MIN_INT64, MAX_INT64]],
  [ScalarType.UINT64, 0, (to, value) => to.uint64(value), [0n, 2n ** 32n, 2n ** 63n, MAX_UINT64]],
  [ScalarType.SINT64, 0, (to, value) => to.sint64(value), [0n, 1n, -1n, -(2n ** 40n), 2n ** 40n, MIN_INT64, MAX_INT64]],
  [ScalarType.FIXED32, 5, (to, value) => to.fixed32(value), [0, 2 ** 32 - 1]],
  [ScalarType.SFIXED32, 5, (to, value) => to.sfixed32(value), [0, -(2 ** 31)]],
  [ScalarType.FIXED64, 1, (to, value) => to.fixed64(value), [0n, MAX_UINT64]],
  [ScalarType.SFIXED64, 1, (to, value) => to.sfixed64(value), [0n, MIN_INT64]],
  [ScalarType.BOOL, 0, (to, value) => to.bool(value), [true, false]],
];

describe("a scalar of protobuf", () => {
  it.each(CASES)("of type %i is read with its wire type %i, sign and size", (type, wireType, write, values) => {
    const reader = scalarReader(type);
    expect(reader.wireType).toBe(wireType);
    for (const value of values) {
      const bytes = written((writer) => write(writer, value as never));
      // Other bytes around it do not count.
      reader.read(Uint8Array.of(255, ...bytes, 255), 1, 1 + bytes.byteLength);
    }
    expect(valuesOf(reader.column)).toEqual(values);
  });

  it("that is a text or bytes is read without the bytes around it", () => {
    for (const [type, value] of [
      [ScalarType.STRING, "é"],
      [ScalarType.BYTES, Uint8Array.of(0xc3, 0xa9)],
    ] as const) {
      const reader = scalarReader(type);
      reader.read(Uint8Array.of(65, 0xc3, 0xa9, 66), 1, 3);
      expect([reader.wireType, valuesOf(reader.column)]).toEqual([2, [value]]);
    }
  });

  it("is true for each number but 0, also for one whose lower 32 bits are 0", () => {
    const reader = scalarReader(ScalarType.BOOL);
    for (const number of [0n, 2n, 2n ** 40n]) {
      const bytes = written((writer) => writer.uint64(number));
      reader.read(bytes, 0, bytes.byteLength);
    }
    expect(valuesOf(reader.column)).toEqual([false, true, true]);
  });

  it("that is the number of an enumeration may be negative, which takes ten bytes", () => {
    const bytes = written((writer) => writer.int32(-7));
    expect(bytes).toHaveLength(10);
    expect(readEnumNumber(bytes, 0, 10)).toBe(-7);
  });
});

describe("scanVarint", () => {
  it("returns the position after the number", () => {
    expect(scanVarint(Uint8Array.of(9, 0x80, 1, 5), 1, 4)).toBe(3);
  });

  it.each([
    ["no bytes", []],
    ["bytes that all announce another one", [0x80, 0x80]],
    ["more than ten bytes", [...Array<number>(10).fill(0x80), 1]],
  ])("rejects %s", (_, bytes) => {
    expect(() => scanVarint(Uint8Array.from(bytes), 0, bytes.length)).toThrow("does not end");
  });
});

function written(write: (writer: BinaryWriter) => unknown): Uint8Array {
  const writer = new BinaryWriter();
  write(writer);
  return writer.finish();
}

function valuesOf(column: ReturnType<typeof scalarReader>["column"]): unknown[] {
  return [...new Vector([column.toData()])];
}
