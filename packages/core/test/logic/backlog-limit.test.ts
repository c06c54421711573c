import { describe, expect, it } from "vitest";
import { CollectingSink, numbers } from "@rerun-ts/test-support/common/messages";
import { observeRecording, rowsOf, type ObservedRecording } from "@rerun-ts/test-support/common/recordings";

const MAX_BACKLOG_BYTES = 100_000;
const ROWS = 1000;

function logTooMuch(): ObservedRecording {
  const observed = observeRecording({ maxBacklogBytes: MAX_BACKLOG_BYTES });
  const { recording } = observed;
  recording.log("fixed", numbers(1), { static: true });
  for (let row = 0; row < ROWS; row++) {
    recording.setTime("row", row);
    recording.log("moving", numbers(row));
  }
  return observed;
}

describe("a recording without a sink", () => {
  it("buffers at most `maxBacklogBytes`, and counts the rows and bytes that it drops", () => {
    const { recording, drops } = logTooMuch();
    const { backlogBytes, sinks } = recording.stats();
    expect(backlogBytes).toBeGreaterThan(MAX_BACKLOG_BYTES / 2);
    expect(backlogBytes).toBeLessThanOrEqual(MAX_BACKLOG_BYTES);
    const droppedRows = drops.reduce((sum, { rows }) => sum + rows, 0);
    expect(droppedRows).toBeGreaterThan(0);
    expect(sinks).toMatchObject([{ kind: "buffering", droppedRows }]);
    expect(new Set(drops.map(({ reason }) => reason))).toEqual(new Set(["backlog-full"]));
    expect(drops.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(sinks[0]?.droppedBytes);
  });

  it("warns once at a tenth of the limit, naming calls that set a sink, and once when it drops data", () => {
    const { warnings } = logTooMuch();
    expect(warnings.map(({ message }) => message)).toEqual([
      expect.stringMatching(/`save`, `connectGrpc` or `setSinks`.*`maxBacklogBytes`/),
      expect.stringMatching(/backlog is full.*`maxBacklogBytes`/),
    ]);
  });

  it("keeps the newest temporal data and all static data when the limit is exceeded", async () => {
    const { recording } = logTooMuch();
    const { droppedRows } = recording.stats().sinks[0] ?? {};
    const next = new CollectingSink();
    await recording.setSink(next);
    expect(next.messages[0]).toMatchObject({ kind: "storeInfo" });
    expect(rowsOf(next.messages)).toEqual({
      "/__properties": 1,
      "/fixed": 1,
      "/moving": ROWS - (droppedRows ?? 0),
    });
    expect(next.messages.at(-1)).toMatchObject({
      manifest: { ranges: [expect.anything(), { end: { lo: ROWS - 1 } }] },
    });
  });

  it("applies the limit anew after each disconnect", async () => {
    const { recording, drops } = logTooMuch();
    await recording.setSink(new CollectingSink());
    await recording.disconnect();
    const count = drops.length;
    recording.log("moving", numbers(1));
    expect(drops).toHaveLength(count);
  });
});
