import { ScalarType } from "@bufbuild/protobuf";
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { Vector } from "apache-arrow";
import { describe, expect, it } from "vitest";
import { FieldSpans } from "../../../dist/protobuf/field-spans.js";
import { MapReader } from "../../../dist/protobuf/map-reader.js";
import { scalarReader } from "../../../dist/protobuf/scalar-readers.js";

/** Writes the key and the value of an entry. */
type WriteEntry = (writer: BinaryWriter) => unknown;

/** Reads messages with a map each, and returns the keys and values of each message in their order. */
function mapsOf(key: ScalarType, messages: readonly (readonly WriteEntry[])[]): unknown[][] {
  const reader = new MapReader(scalarReader(key), scalarReader(ScalarType.INT32), undefined);
  for (const entries of messages) {
    const spans = new FieldSpans();
    const bytes: number[] = [];
    for (const write of entries) {
      const writer = new BinaryWriter();
      write(writer);
      const entry = writer.finish();
      spans.add(bytes.length, bytes.length + entry.byteLength, 2);
      bytes.push(...entry);
    }
    reader.read(Uint8Array.from(bytes), spans);
  }
  return [...new Vector([reader.column.toData()])].map((map) => [...(map as Iterable<unknown>)]);
}

const keyed = (key: string, value: number) => (writer: BinaryWriter) =>
  writer.tag(1, WireType.LengthDelimited).string(key).tag(2, WireType.Varint).int32(value);

describe("a map of protobuf", () => {
  it("has its entries in the order of their keys' bytes, and the last value of each key", () => {
    const first = [keyed("é", 1), keyed("b", 2), keyed("À", 3), keyed("b", 4)];
    expect(mapsOf(ScalarType.STRING, [first, [], [keyed("a", 5)]])).toEqual([
      [
        ["b", 4],
        ["À", 3],
        ["é", 1],
      ],
      [],
      [["a", 5]],
    ]);
  });

  it.each([
    [ScalarType.SINT64, (writer: BinaryWriter, key: number) => writer.sint64(BigInt(key))],
    [ScalarType.INT32, (writer: BinaryWriter, key: number) => writer.int32(key)],
  ] as const)("with keys of type %i has its entries in the order of the numbers", (type, write) => {
    const entries = [10, -2, 9, -10].map(
      (key) => (writer: BinaryWriter) => write(writer.tag(1, WireType.Varint), key).tag(2, WireType.Varint).int32(key),
    );
    const [map = []] = mapsOf(type, [entries]);
    expect(map.map((entry) => Number((entry as unknown[])[0]))).toEqual([-10, -2, 9, 10]);
    expect(map.map((entry) => (entry as unknown[])[1])).toEqual([-10, -2, 9, 10]);
  });

  it("with true and false as keys has false first", () => {
    const entries = [true, false].map((key) => (writer: BinaryWriter) => writer.tag(1, WireType.Varint).bool(key));
    expect(mapsOf(ScalarType.BOOL, [entries])).toEqual([
      [
        [false, 0],
        [true, 0],
      ],
    ]);
  });

  it("has the defaults of a key or value that an entry lacks, or has in another type", () => {
    const withoutKey: WriteEntry = (writer) => writer.tag(2, WireType.Varint).int32(7);
    const wrongValue: WriteEntry = (writer) =>
      writer.tag(1, WireType.LengthDelimited).string("k").tag(2, WireType.LengthDelimited).string("no");
    expect(mapsOf(ScalarType.STRING, [[wrongValue, withoutKey]])).toEqual([
      [
        ["", 7],
        ["k", 0],
      ],
    ]);
  });
});
