import { TestNumber } from "@rerun-ts/test-support/common/messages";
import { expect, it } from "vitest";
import { ComponentColumn, ComponentColumnList } from "../../../dist/batch/component-column.js";

const field = { descriptor: { component: "a" }, type: TestNumber, label: "a" };

it("a column is partitioned by a list or by one number for all rows; the original stays as it is", () => {
  const column = new ComponentColumn(field, [1, 2]);
  expect(column).toMatchObject({ field, values: [1, 2], lengths: undefined });
  for (const lengths of [[1, null, 1], new Uint32Array([2]), 1] as const) {
    const parted = column.partition(lengths);
    expect(parted).toMatchObject({ field, values: [1, 2], lengths });
  }
  expect(column.lengths).toBeUndefined();
});

it("a column is partitioned by nothing else", () => {
  for (const wrong of [0, -1, 1.5, NaN, null, "2", {}, undefined])
    expect(() => new ComponentColumn(field, []).partition(wrong as never)).toThrow(/`lengths` must be a list/);
});

it("all columns of a list are partitioned together", () => {
  const list = new ComponentColumnList([new ComponentColumn(field, [1]), new ComponentColumn(field, [2])]);
  expect([...list]).toMatchObject([
    { values: [1], lengths: undefined },
    { values: [2], lengths: undefined },
  ]);
  expect([...list.partition(1)]).toMatchObject([
    { values: [1], lengths: 1 },
    { values: [2], lengths: 1 },
  ]);
});
