import { encodeEnvelope } from "@connectrpc/connect/protocol";
import { seededRandom } from "@rerun-ts/test-support/common/seeded-random";
import { describe, expect, it } from "vitest";
import { EnvelopeReader } from "../../dist/envelope-reader.js";

const SEED = 20_261_122;

describe("the messages of a gRPC response", () => {
  it(`are the same however the response is cut into pieces (seed ${SEED})`, () => {
    const random = seededRandom(SEED);
    for (let time = 0; time < 200; time++) {
      const messages = Array.from({ length: random(6) }, () =>
        Uint8Array.from({ length: random(3) * random(9) }, () => random(256)),
      );
      const bytes = Buffer.concat(messages.map((data) => encodeEnvelope(0, data)));
      const reader = new EnvelopeReader();
      const read: Uint8Array[] = [];
      for (let at = 0; at < bytes.length;) {
        const end = at + 1 + random(8);
        read.push(...reader.read(bytes.subarray(at, end)).map(({ data }) => data));
        at = end;
      }
      reader.end();
      expect(read).toEqual(messages);
    }
  });

  it("have a greatest size, and are not compressed", () => {
    const head = (flags: number, length: number): Uint8Array =>
      Uint8Array.of(flags, length >>> 24, length >>> 16, length >>> 8, length);
    expect(() => new EnvelopeReader().read(head(0, 2 ** 31))).toThrow("claims to have 2147483648 bytes");
    expect(() => new EnvelopeReader().read(head(1, 10))).toThrow("compressed");
  });

  it("are incomplete if the response ends in the middle of one", () => {
    for (const size of [1, 4, 5, 7]) {
      const reader = new EnvelopeReader();
      expect(reader.read(encodeEnvelope(0, new Uint8Array(3)).subarray(0, size))).toEqual([]);
      expect(() => reader.end()).toThrow("premature end");
    }
  });
});
