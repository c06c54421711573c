import { describe, expect, it } from "vitest";
import { sha256 } from "../../dist/hash/sha256.js";
import { xxh32 } from "../../dist/hash/xxh32.js";
import { xxh64 } from "../../dist/hash/xxh64.js";
import { normalizeApplicationId } from "../../dist/recording/application-id.js";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe("hash functions", () => {
  it("compute XXH32 with the seed of footers", () => {
    expect(xxh32(new Uint8Array(0), 7850921)).toBe(0x2a973671);
    expect(xxh32(bytes("RRF2"), 7850921)).toBe(0xfc792577);
    expect(
      xxh32(
        Uint8Array.from({ length: 256 }, (_, index) => index),
        7850921,
      ),
    ).toBe(0x8a284ca7);
  });

  it("compute XXH64 of short and long inputs", () => {
    // The empty string and "a" × 200 cover both branches of the algorithm. Values of the reference implementation.
    expect(xxh64(new Uint8Array(0), 0n)).toBe(0xef46db3751d8e999n);
    expect(xxh64(bytes("dotted.name"), 0n) & 0xffffn).toBe(0xc631n);
    expect(xxh64(bytes("a".repeat(200)), 0n) & 0xffffn).toBe(0xebben);
  });

  it.each([
    // The example values of FIPS 180-4.
    ["", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"],
    ["abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"],
    [
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
    ],
    ["a".repeat(1_000_000), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"],
  ])("compute SHA-256 as in FIPS 180-4, example %#", (text, expected) => {
    const digest = Array.from(sha256(bytes(text)), (byte) => byte.toString(16).padStart(2, "0"));
    expect(digest.join("")).toBe(expected);
  });
});

describe("normalizeApplicationId", () => {
  it.each([
    ["x[1]:y_z-1 2", "x[1]:y_z-1 2"],
    ["dotted.name", "dotted-namec631"],
    ["a/b c.d", "a-b c-d3764"],
    ["my.app x", "my-app x10fd"],
    ["ä", "-a359"],
    ["batch test/é", "batch test--99bd"],
    ["a".repeat(200), `${"a".repeat(176)}ebbe`],
    ["a\nb", "a-b4e8e"],
    ["(x)", "-x-4368"],
  ])("changes %j to %j, as Rerun does", (id, normalized) => {
    expect(normalizeApplicationId(id)).toBe(normalized);
  });
});
