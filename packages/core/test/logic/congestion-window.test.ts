import { CongestionWindow } from "@rerun-ts/core/transport";
import { describe, expect, it } from "vitest";

const KIB = 1024;
const make = (): CongestionWindow => new CongestionWindow(64 * KIB, 256 * KIB, 8 * KIB * KIB);

/** Sends as much as is allowed, again and again, over a connection with this rate and round trip. */
function settle(size: CongestionWindow, bytesPerSecond: number, roundTripMs: number): number {
  for (let turn = 0; turn < 100; turn++) {
    const bytes = size.bytes;
    size.onAcknowledged(bytes, bytes, roundTripMs + (bytes / bytesPerSecond) * 1000);
  }
  return size.bytes;
}

describe("the number of bytes in flight", () => {
  it.each([
    [20_000, 300],
    [200_000, 300],
    [2_000_000, 50],
  ])("is what a connection of %d bytes/s with %d ms round trip delivers within a few seconds", (rate, roundTrip) => {
    const seconds = settle(make(), rate, roundTrip) / rate;
    expect(seconds).toBeGreaterThan(0.5);
    expect(seconds).toBeLessThan(Math.max(4, (64 * KIB) / rate + 0.1));
  });

  it("grows to its maximum on a fast connection within a few round trips", () => {
    const size = make();
    for (let turn = 0; turn < 5; turn++) size.onAcknowledged(size.bytes, size.bytes, 1);
    expect(size.bytes).toBe(8 * KIB * KIB);
  });

  it("does not grow while little is in flight", () => {
    const size = make();
    for (let turn = 0; turn < 1000; turn++) size.onAcknowledged(KIB, KIB, 1);
    expect(size.bytes).toBe(256 * KIB);
  });

  it("shrinks when data is lost, but not below its minimum", () => {
    const size = make();
    size.onLost();
    expect(size.bytes).toBe(64 * KIB);
    size.onLost();
    expect(size.bytes).toBe(64 * KIB);
  });
});
