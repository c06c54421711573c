// What a query or a tool looks at or keeps is counted, because times differ from machine to machine.
import { RecordingStream, TimeColumn } from "@rerun-ts/core";
import { decodeRrd } from "@rerun-ts/core/decode";
import { Transform3D } from "@rerun-ts/types";
import { Data, Float64 } from "apache-arrow";
import { importTable } from "@rerun-ts/import";
import { describe, expect, it, vi } from "vitest";
import { RowRanges, RowRangeSlicer } from "../../dist/arrays/row-ranges.js";
import { latestRows } from "../../dist/query/resolve-cells.js";
import { ChunkData } from "../../dist/store/chunk-data.js";
import { SchemaCache } from "../../dist/store/schema-cache.js";
import { SplitPlan } from "../../dist/tools/split-plan.js";

/** A typed array that counts how often its elements are read. */
function counted<Bytes extends Uint8Array | Int32Array | Float64Array>(
  bytes: Bytes,
): { readonly bytes: Bytes; readonly reads: () => number } {
  let reads = 0;
  const proxy = new Proxy(bytes, {
    get(target, key) {
      if (typeof key === "string" && /^\d+$/.test(key)) reads++;
      const value: unknown = Reflect.get(target, key, target);
      return value;
    },
  });
  return { bytes: proxy, reads: () => reads };
}

describe("linear in its input is", () => {
  it("the search for the latest values at given times in a column with few values", () => {
    const reads = [1000, 4000, 16_000].map((rows) => {
      // One value, then nulls.
      const bitmap = counted(new Uint8Array(Math.ceil(rows / 8)).fill(1, 0, 1));
      const values = new Data(new Float64(), 0, rows, rows - 1, [
        undefined,
        new Float64Array(rows),
        bitmap.bytes,
      ] as never);
      const keys = { values: Float64Array.from({ length: rows }, (_, row) => row), order: "rising" as const };
      const wanted = Float64Array.from({ length: rows / 2 }, (_, index) => index * 2);
      expect([...(latestRows({ keys, values, rowIds: new Uint8Array(0) }, wanted) ?? [])]).toEqual([0]);
      return bitmap.reads() / rows;
    });
    for (const each of reads) expect(each).toBeLessThan(2);
  });

  it("the division of a column with many ranges into batches", () => {
    const reads = [1000, 8000].map((size) => {
      const runs = new RowRanges(size);
      for (let row = 0; row < size; row++) runs.push(row % 2, row, 1);
      const counts = counted(runs.counts);
      runs.counts = counts.bytes;
      const slicer = new RowRangeSlicer(runs);
      for (let row = 0; row < size; row += 10) expect(slicer.take(10)).toMatchObject({ size: 10, length: 10 });
      return counts.reads() / size;
    });
    for (const each of reads) expect(each).toBeLessThan(5);
  });

  it("the search for the ends of rows in CSV, also in old files that end them by carriage returns", async () => {
    for (const end of ["\r", "\r\n", "\n", '"\r']) {
      const rows = Array.from({ length: 1000 }, (_, row) => `${row},${end === '"\r' ? '"' : ""}x`).join(end);
      const recording = new RecordingStream("linear");
      const searches = vi.spyOn(String.prototype, "indexOf");
      const report = await importTable(recording, new TextEncoder().encode(`a,b\n${rows}${end}`));
      const feeds = searches.mock.calls.filter(([text]) => text === "\n").length;
      searches.mockRestore();
      expect(report, JSON.stringify(end)).toMatchObject({ rows: 1000 });
      // Every row is read twice.
      expect(feeds, JSON.stringify(end)).toBeLessThan(end.includes("\n") ? 2100 : 10);
    }
  });

  it("the plan of a split: one cell for each component and part, unless transforms name frames", () => {
    const sizeOf = (rows: number, withFrames: boolean): number => {
      const recording = new RecordingStream("linear", { logTime: false });
      const memory = recording.memoryRecording();
      const translations = Array.from({ length: rows }, (_, row): [number, number, number] => [row, 0, 0]);
      const fields = withFrames ? { childFrame: translations.map(([row]) => `link ${row % 3}`) } : {};
      const columns = Transform3D.columns({ translation: translations, ...fields });
      recording.sendColumns(
        "a",
        TimeColumn.sequence(
          "frame",
          Int32Array.from({ length: rows }, (_, row) => row),
        ),
        columns,
      );
      const entities = new Set(withFrames ? ["/a"] : []);
      const plan = new SplitPlan("frame", [BigInt(rows / 4), BigInt(rows / 2)], entities);
      for (const message of decodeRrd(memory.drainAsBytes()))
        if (message.kind === "chunk") plan.add(ChunkData.read(message.readArrow(), new SchemaCache()), "store");
      return plan.size;
    };
    expect([sizeOf(100, false), sizeOf(5000, false)]).toEqual([3, 3]);
    expect([sizeOf(100, true), sizeOf(5000, true)]).toEqual([106, 5006]);
  });
});
