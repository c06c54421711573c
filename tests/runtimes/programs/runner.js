// A test of a program with the packages, for the test runner that the first line imports `test` from.
import assert from "node:assert/strict";
import { openRrd } from "@rerun-ts/reading";
import * as rr from "@rerun-ts/node";

test("logs and reads", async () => {
  const rec = new rr.RecordingStream("runner", { strict: true });
  const memory = new rr.MemorySink();
  await rec.setSink(memory);
  for (let row = 0; row < 100; row++) rec.log("rows", new rr.Scalars(row), { time: { row } });
  const { complete, droppedRows } = await rec.close();
  assert.deepEqual({ complete, droppedRows }, { complete: true, droppedRows: 0 });
  let rows = 0;
  const file = await openRrd(memory.toBytes());
  for await (const batch of file.recording().query({ index: "row" })) rows += batch.numRows;
  assert.equal(rows, 100);
});

test("reports invalid data", () => {
  const rec = new rr.RecordingStream("runner", { strict: true });
  rec.memoryRecording();
  assert.throws(() => rec.log("rows", new rr.Scalars("one")), rr.RerunError);
});
