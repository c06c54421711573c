import { Field, Float64, Int32, List, Schema, Vector } from "apache-arrow";
import { describe, expect, it } from "vitest";
import { batchOf, makeArray, nullsOf, nullsWithout } from "../../dist/arrays/make-array.js";

const INT = new Int32();

describe("an array over memory", () => {
  it("has the values, and nulls where an element is missing", () => {
    const nulls = nullsWithout(10, (index) => index % 3 !== 0);
    const data = makeArray(INT, 10, { values: Int32Array.from({ length: 10 }, (_, index) => index), nulls });
    expect(data.nullCount).toBe(4);
    expect([...new Vector([data])]).toEqual([null, 1, 2, null, 4, 5, null, 7, 8, null]);
    expect(nullsOf(data)).toEqual(nulls);
  });

  it("has no bitmap if no element is missing", () => {
    expect(nullsWithout(100, () => true)).toEqual({ nullCount: 0, bitmap: undefined });
    expect(nullsOf(makeArray(INT, 2, { values: Int32Array.of(1, 2) }))).toEqual({ nullCount: 0, bitmap: undefined });
  });

  it("has lists of its child", () => {
    const items = makeArray(new Float64(), 3, { values: Float64Array.of(1, 2, 3) });
    const type = new List(new Field("item", items.type, true));
    const lists = makeArray(type, 2, { offsets: Int32Array.of(0, 2, 3), children: [items] });
    expect(Array.from(new Vector([lists]), (list) => [...(list as Iterable<number>)])).toEqual([[1, 2], [3]]);
  });

  it("is a column of a batch", () => {
    const schema = new Schema([new Field("a", INT, true)]);
    const batch = batchOf(schema, 2, [makeArray(INT, 2, { values: Int32Array.of(5, 6) })]);
    expect([batch.numRows, batch.get(1)?.toJSON()]).toEqual([2, { a: 6 }]);
  });
});
