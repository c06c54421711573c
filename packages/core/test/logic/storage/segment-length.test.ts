import { concat } from "@rerun-ts/test-support/common/recordings";
import { describe, expect, it } from "vitest";
import { encodeMessageHeader } from "../../../dist/rrd/encode/message-frame.js";
import { encodeStreamHeader } from "../../../dist/rrd/encode/stream-header.js";
import { completeLength } from "../../../dist/storage/segment-length.js";

const HEADER = encodeStreamHeader();
const message = (bytes: number): Uint8Array => concat([encodeMessageHeader("chunk", bytes), new Uint8Array(bytes)]);
const segment = concat([HEADER, message(20), message(0), message(7)]);
/** The ends of the header and of each message. */
const ENDS = [HEADER.byteLength, 48, 64, 87];

describe("the length of a segment", () => {
  it("is up to the end of its last complete message, wherever it is cut", () => {
    for (let cut = 0; cut <= segment.byteLength; cut++) {
      const expected = ENDS.findLast((end) => end <= cut) ?? 0;
      expect([cut, completeLength(segment.subarray(0, cut))]).toEqual([cut, expected]);
    }
  });

  it("is 0 for what is no segment", () => {
    expect(completeLength(new Uint8Array(100))).toBe(0);
  });

  it("ends before zeros and before what is no message", () => {
    expect(completeLength(concat([segment, new Uint8Array(100)]))).toBe(segment.byteLength);
    expect(completeLength(concat([segment, new Uint8Array(100).fill(0xff)]))).toBe(segment.byteLength);
  });
});
