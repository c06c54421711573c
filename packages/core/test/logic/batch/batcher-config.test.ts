import { describe, expect, it } from "vitest";
import { DEFAULT_BATCHING, checkBatcherConfig, mergeBatching } from "../../../dist/batch/batcher-config.js";

describe("the batching of several sinks", () => {
  it("is that of a single one, completed by the default", () => {
    expect(mergeBatching([{ flushTickMs: 1, flushNumRows: 2 }])).toEqual({
      ...DEFAULT_BATCHING,
      flushTickMs: 1,
      flushNumRows: 2,
    });
    expect(mergeBatching([undefined])).toEqual(DEFAULT_BATCHING);
    expect(mergeBatching([])).toEqual(DEFAULT_BATCHING);
  });

  it("has the largest value of each limit, and at least the default", () => {
    const merged = mergeBatching([{ flushTickMs: 1, flushNumBytes: 5e6 }, undefined, { flushTickMs: 300 }]);
    expect(merged).toEqual({ ...DEFAULT_BATCHING, flushTickMs: 300, flushNumBytes: 5e6 });
    expect(mergeBatching([{ chunkMaxRowsIfUnsorted: 1 }, { chunkMaxRowsIfUnsorted: 2 }])).toEqual(DEFAULT_BATCHING);
  });
});

describe("the option `batcher`", () => {
  it("has any of the limits; those that are undefined are left out", () => {
    expect(checkBatcherConfig({ flushTickMs: 0, flushNumRows: Infinity, flushNumBytes: undefined as never })).toEqual({
      flushTickMs: 0,
      flushNumRows: Infinity,
    });
  });

  it("must be an object with limits that are not negative", () => {
    for (const wrong of [null, 5, "fast"])
      expect(() => checkBatcherConfig(wrong as never)).toThrow("`batcher` must be an object with limits");
    expect(() => checkBatcherConfig({ flushTickMs: -1 })).toThrow(/`batcher.flushTickMs` must be/);
    expect(() => checkBatcherConfig({ flushTicks: 1 } as never)).toThrow(/got `flushTicks`/);
  });
});
