import { fromJson, toBinary, type JsonObject } from "@bufbuild/protobuf";
import { FieldDescriptorProto_TypeSchema, StructSchema } from "@bufbuild/protobuf/wkt";
import { Vector } from "apache-arrow";
import { describe, expect, it } from "vitest";
import { enumReader, jsonReader } from "../../../dist/protobuf/special-readers.js";

/** The JSON of values of `google.protobuf.Struct`. */
function jsonOf(...values: readonly JsonObject[]): string[] {
  const reader = jsonReader(StructSchema);
  for (const value of values) {
    const bytes = toBinary(StructSchema, fromJson(StructSchema, value));
    reader.read(bytes, 0, bytes.byteLength);
  }
  return [...new Vector([reader.column.toData()])] as string[];
}

describe("an enumeration of protobuf", () => {
  it("is read as the names and numbers of its values, and as digits for numbers without a name", () => {
    const reader = enumReader(FieldDescriptorProto_TypeSchema);
    for (const number of [3, 11, 99]) reader.read(Uint8Array.of(number), 0, 1);
    expect(reader.wireType).toBe(0);
    expect(rowsOf(reader.column)).toEqual([
      { name: "TYPE_INT64", value: 3 },
      { name: "TYPE_MESSAGE", value: 11 },
      { name: "99", value: 99 },
    ]);
  });

  it("that is not set has its first value, whatever its number", () => {
    const { column } = enumReader(FieldDescriptorProto_TypeSchema);
    column.pushDefault();
    expect(rowsOf(column)).toEqual([{ name: "TYPE_DOUBLE", value: 1 }]);
  });
});

describe("a protobuf message with values of any type", () => {
  it("is JSON with sorted keys, at any depth", () => {
    expect(jsonOf({ b: [{ d: "x", c: null }, true], a: {} })).toEqual(['{"a":{},"b":[{"c":null,"d":"x"},true]}']);
  });

  it.each([
    [0, "0.0"],
    [-0, "-0.0"],
    [12, "12.0"],
    [-1.5, "-1.5"],
    [0.001, "0.001"],
    [0.00001, "0.00001"],
    [0.000001, "1e-6"],
    [1e15, "1000000000000000.0"],
    [1e16, "1e16"],
    [1.25e-7, "1.25e-7"],
    [123456.75, "123456.75"],
  ])("has the number %d as %s, as Rerun writes it", (number, text) => {
    expect(jsonOf({ number })).toEqual([`{"number":${text}}`]);
  });

  it("is rejected with its name if it is damaged", () => {
    expect(() => jsonReader(StructSchema).read(Uint8Array.of(10, 200), 0, 2)).toThrow(
      "a google.protobuf.Struct is damaged",
    );
  });
});

function rowsOf(column: ReturnType<typeof enumReader>["column"]): unknown[] {
  return [...new Vector([column.toData()])].map((row: { toJSON(): unknown }) => row.toJSON());
}
