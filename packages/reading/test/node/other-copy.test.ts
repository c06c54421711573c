import { createRequire } from "node:module";
import { Chunk, encodeArrow, sendDataframe, vectorBatch } from "@rerun-ts/reading";
import { RecordingStream } from "@rerun-ts/core";
import { collect } from "@rerun-ts/test-support/common/collect";
import type * as arrow from "apache-arrow";
import { expect, it } from "vitest";

// The copy that programs get that mix `import` and `require`.
const other = createRequire(import.meta.url)("apache-arrow") as typeof arrow;

it("data of another copy of apache-arrow is an error that says so", async () => {
  const { Float64, Int64, Table, vectorFromArray } = other;
  const vector = vectorFromArray([1], new Float64());
  const table = new Table({ frame: vectorFromArray([1n], new Int64()), "/a:x": vector });
  const problem = "is made with another copy of apache-arrow than the one of @rerun-ts/reading";
  expect(() => vectorBatch(vector)).toThrow(`\`vector\` ${problem}`);
  expect(() => Chunk.fromTable(table as never, { index: "frame" })).toThrow(`\`table\` ${problem}`);
  const recording = new RecordingStream("other");
  await expect(sendDataframe(recording, table, { index: "frame" })).rejects.toThrow(`\`data\` ${problem}`);
  await expect(collect(encodeArrow(table))).rejects.toThrow(`\`source\` ${problem}`);
});
