import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { GrowableBytes } from "../../dist/arrow/builder/growable-bytes.js";

/** From this size on, the memory of a caller is used instead of a copy. */
const BORROWED_BYTES = 256 * 1024;
const ENCODER = new TextEncoder();

/** Something to append, and the bytes that it adds. */
interface Append {
  readonly expected: Uint8Array;
  to(this: void, target: GrowableBytes): void;
}

function append(expected: Uint8Array, to: Append["to"]): Append {
  return { expected, to };
}

function written(size: number, write: (view: DataView) => void): Uint8Array {
  const bytes = new Uint8Array(size);
  write(new DataView(bytes.buffer));
  return bytes;
}

const appends: fc.Arbitrary<Append> = fc.oneof(
  fc.integer().map((value) => {
    const expected = written(4, (view) => view.setInt32(0, value, true));
    return append(expected, (target) => target.pushInt32(value));
  }),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map((value) => {
    const expected = written(8, (view) => view.setBigInt64(0, value, true));
    return append(expected, (target) => target.pushInt64(Number(BigInt.asUintN(32, value)), Number(value >> 32n)));
  }),
  fc.uint8Array({ maxLength: 200 }).map((value) => append(value, (target) => target.pushBytes(value))),
  // ASCII, Latin 1, and any UTF-16 with lone surrogates, shorter and longer than what is treated as short.
  ...[0x7f, 0xff, 0xffff].map((last) =>
    fc
      .string({ unit: fc.nat(last).map((code) => String.fromCharCode(code)), maxLength: 80 })
      .map((text) => append(ENCODER.encode(text), (target) => target.pushText(text))),
  ),
  fc.record({ value: fc.nat(255), count: fc.nat(300) }).map(({ value, count }) => {
    return append(new Uint8Array(count).fill(value), (target) => target.fill(value, count));
  }),
);

function joined(pieces: readonly Uint8Array[]): number[] {
  return pieces.flatMap((piece) => [...piece]);
}

describe("GrowableBytes", () => {
  it("appends values in little-endian order and text in UTF-8, after each other, also after it was emptied", () => {
    fc.assert(
      fc.property(fc.array(fc.array(appends)), (rounds) => {
        const target = new GrowableBytes();
        for (const round of rounds) {
          for (const { to } of round) to(target);
          expect([...target.used]).toEqual(joined(round.map(({ expected }) => expected)));
          target.clear();
        }
        expect(target.length).toBe(0);
      }),
    );
  });

  it("borrows a large array that comes first, and copies it before anything is appended", () => {
    const target = new GrowableBytes();
    const source = new Uint8Array(BORROWED_BYTES).fill(7);
    target.pushBytes(source);
    expect(target.isBorrowed).toBe(true);
    expect(target.used.buffer).toBe(source.buffer);
    target.pushInt32(-1);
    expect(target.isBorrowed).toBe(false);
    target.bytes.fill(9, 0, BORROWED_BYTES);
    expect(source.every((byte) => byte === 7)).toBe(true);
    expect(target.used.subarray(BORROWED_BYTES)).toEqual(Uint8Array.of(255, 255, 255, 255));
  });

  it.for([
    ["small", new Uint8Array(BORROWED_BYTES - 1), 0],
    ["large but not the first", new Uint8Array(BORROWED_BYTES), 1],
  ] as const)("copies an array that is %s", ([, source, before]) => {
    const target = new GrowableBytes();
    target.fill(0, before);
    target.pushBytes(source);
    expect(target.isBorrowed).toBe(false);
    expect(target.length).toBe(before + source.byteLength);
  });

  it("copies memory that may shrink", () => {
    const target = new GrowableBytes();
    const buffer = Reflect.construct(ArrayBuffer, [BORROWED_BYTES, { maxByteLength: BORROWED_BYTES }]) as ArrayBuffer;
    target.pushBytes(new Uint8Array(buffer).fill(7));
    expect(target.isBorrowed).toBe(!("resizable" in buffer));
  });

  it("returns borrowed memory when it is emptied", () => {
    const target = new GrowableBytes();
    target.pushBytes(new Uint8Array(BORROWED_BYTES).fill(7));
    target.clear();
    expect(target.isBorrowed).toBe(false);
    target.pushInt32(1);
    expect([...target.used]).toEqual([1, 0, 0, 0]);
  });

  it("shrinks step by step while it needs less than an eighth of its memory", () => {
    const target = new GrowableBytes();
    target.fill(1, 1024);
    const sizes = Array.from({ length: 5 }, () => {
      target.clear();
      target.fill(1, 100);
      return target.bytes.byteLength;
    });
    expect(sizes).toEqual([1024, 512, 512, 512, 512]);
  });

  it("throws instead of growing beyond the 2 GiB that 32-bit offsets reach", () => {
    const target = new GrowableBytes();
    target.pushInt32(1);
    expect(() => target.reserve(2 ** 31 - 4)).toThrow("smaller than 2 GiB");
    expect([...target.used]).toEqual([1, 0, 0, 0]);
  });
});
