import { describe, expect, it } from "vitest";
import { RowIdColumn, TuidGenerator, copyTuid, tuidText, writeTuid } from "../../../dist/batch/tuid.js";

const id = { timeHi: 0x01020304, timeLo: 0x05060708, incHi: 0x090a0b0c, incLo: 0x0d0e0f10 };

describe("ids", () => {
  it("increase, and keep the time when the clock is set back", () => {
    const generator = new TuidGenerator();
    generator.incLo = 5;
    generator.incHi = 1;
    const times: number[][] = [];
    for (const [hi, lo] of [
      [1, 0x2ffff],
      [1, 0x1ffff],
      [0, 0x9ffff],
      [1, 0x30000],
      [2, 0x10000],
      [-1, -1],
    ] as const) {
      generator.next({ hi, lo });
      times.push([generator.timeHi, generator.timeLo, generator.incHi, generator.incLo]);
    }
    expect(times).toEqual([
      [1, 0x20000, 1, 6],
      [1, 0x20000, 1, 7],
      [1, 0x20000, 1, 8],
      [1, 0x30000, 1, 9],
      [2, 0x10000, 1, 10],
      [0xffffffff, 0xffff0000, 1, 11],
    ]);
  });

  it("carry from one half of the counter to the other", () => {
    const generator = new TuidGenerator();
    Object.assign(generator, { incHi: 7, incLo: 0xfffffffe });
    generator.skip(1);
    expect([generator.incHi, generator.incLo]).toEqual([7, 0xffffffff]);
    generator.skip(1);
    expect([generator.incHi, generator.incLo]).toEqual([8, 0]);
    Object.assign(generator, { incHi: 0xffffffff, incLo: 0xffffffff });
    generator.skip(2);
    expect([generator.incHi, generator.incLo]).toEqual([0, 1]);
  });

  it("begin at a random counter whose first two bits are 0, so that it does not overflow", () => {
    const counters = Array.from({ length: 64 }, () => new TuidGenerator());
    expect(counters.every(({ incHi }) => incHi >= 0 && incHi < 0x40000000)).toBe(true);
    expect(new Set(counters.map(({ incHi, incLo }) => `${incHi} ${incLo}`)).size).toBe(64);
    // All bits of both halves are used.
    const seen = (half: "incHi" | "incLo"): number => counters.reduce((bits, counter) => bits | counter[half], 0) >>> 0;
    expect([seen("incHi"), seen("incLo")]).toEqual([0x3fffffff, 0xffffffff]);
    expect([counters[0]?.timeHi, counters[0]?.timeLo]).toEqual([0, 0]);
  });

  it("are written in 16 bytes, big-endian, and printed as Rerun prints them", () => {
    const bytes = new Uint8Array(20);
    writeTuid(new DataView(bytes.buffer), 2, id);
    expect([...bytes]).toEqual([0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 0, 0]);
    expect(tuidText({ ...id, timeLo: 0xabc, incLo: 0xdef })).toBe("0102030400000ABC090a0b0c00000def");
    expect(copyTuid(id)).toEqual(id);
    expect(copyTuid(id)).not.toBe(id);
  });
});

describe("the ids of the rows of columns", () => {
  it("are those after the id of the chunk, in memory that is reused", () => {
    const column = new RowIdColumn();
    const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
    const first = column.idsAfter({ ...id, incHi: 0xffffffff, incLo: 0xfffffffe }, 2);
    expect(hex(first)).toBe("0102030405060708ffffffffffffffff01020304050607080000000000000000");
    const second = column.idsAfter({ ...id, incLo: 0xffffffff }, 1);
    expect(hex(second)).toBe("0102030405060708090a0b0d00000000");
    expect([second.buffer === first.buffer, second.length]).toEqual([true, 16]);
    const third = column.idsAfter(id, 3);
    expect([third.length, hex(third.subarray(32))]).toEqual([48, "0102030405060708090a0b0c0d0e0f13"]);
    expect(column.idsAfter(id, 0).length).toBe(0);
  });
});
