import { describe, expect, it } from "vitest";
import { Offsets } from "../../dist/arrow/builder/offsets.js";

describe("offsets of elements", () => {
  it("begin with 0, and have the end of each element", () => {
    const offsets = new Offsets();
    expect([...offsets.values]).toEqual([0]);
    for (const end of [2, 2, 5]) offsets.push(end);
    expect([...offsets.values]).toEqual([0, 2, 2, 5]);
    expect([offsets.length, offsets.byteLength, offsets.end(-1), offsets.end(2)]).toEqual([3, 12, 0, 5]);
  });

  it("go on for elements of one length, in any number", () => {
    const offsets = new Offsets();
    offsets.push(1);
    offsets.pushMany(1000, 3);
    expect([...offsets.values]).toEqual([0, ...Array.from({ length: 1001 }, (_, index) => 1 + index * 3)]);
    offsets.push(5000);
    expect(offsets.end(1001)).toBe(5000);
  });

  it("of a range begin with 0", () => {
    const offsets = new Offsets();
    for (const end of [2, 4, 9]) offsets.push(end);
    const bytes = offsets.slice(1, 3);
    expect([...new Int32Array(bytes.buffer, bytes.byteOffset, 3)]).toEqual([0, 2, 7]);
  });

  it("lose elements from the end, and all of them", () => {
    const offsets = new Offsets();
    offsets.pushMany(100, 2);
    offsets.truncate(1);
    expect([...offsets.values]).toEqual([0, 2]);
    offsets.clear();
    offsets.push(7);
    expect([...offsets.values]).toEqual([0, 7]);
  });

  it("leave their memory to arrays that share it", () => {
    const offsets = new Offsets();
    offsets.pushMany(3, 2);
    const { values } = offsets;
    offsets.clear(true);
    offsets.pushMany(3, 9);
    expect([...values]).toEqual([0, 2, 4, 6]);
    expect([...offsets.values]).toEqual([0, 9, 18, 27]);
  });

  it("cannot be larger than 32 bits", () => {
    const offsets = new Offsets();
    expect(() => offsets.push(2 ** 31)).toThrow("shorter than 2^31 elements");
    expect(() => offsets.pushMany(2, 2 ** 30)).toThrow("shorter than 2^31 elements");
    expect([...offsets.values]).toEqual([0]);
  });
});
