import type { SinkStats } from "@rerun-ts/core";
import { describe, expect, it } from "vitest";
import { flushResultOf } from "../../../dist/recording/flush-result.js";

const stats = (state: SinkStats["state"], queuedBytes: number, droppedRows: number): SinkStats => ({
  kind: "any",
  state,
  queuedBytes,
  sentBytes: 1,
  droppedRows,
  droppedBytes: 1,
  reconnects: 0,
});

describe("the result of a flush", () => {
  const sinks = [stats("open", 1, 10), stats("buffering", 100, 20), stats("closed", 5, 0)];

  it("sums what is pending, except in the buffer before the first sink, and what was dropped", () => {
    expect(flushResultOf(true, sinks)).toEqual({ complete: true, pendingBytes: 6, droppedRows: 30, sinks });
    expect(flushResultOf(false, [])).toEqual({ complete: false, pendingBytes: 0, droppedRows: 0, sinks: [] });
  });

  it("has the rows that were dropped by sinks of before, if they are known", () => {
    expect(flushResultOf(true, sinks, 0).droppedRows).toBe(0);
    expect(flushResultOf(true, sinks, 99).droppedRows).toBe(99);
  });
});
