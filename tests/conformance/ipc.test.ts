import { readFile } from "node:fs/promises";
import { openRrd, plainRows, sendDataframe } from "@rerun-ts/reading";
import * as rr from "@rerun-ts/node";
import { needRerun } from "@rerun-ts/test-support/setup/need-rerun";
import { expect, test } from "vitest";
import { outputFolder } from "./harness/output.ts";
import { runPython } from "./harness/real-rerun.ts";

test("Arrow IPC streams and files of pyarrow are read, with LZ4, zstd and without compression", async (context) => {
  needRerun(context);
  const paths = await runPython<string[]>("write_ipc.py", outputFolder);
  expect(paths.length).toBe(6);
  for (const path of paths) {
    const recording = new rr.RecordingStream("ipc");
    const memory = recording.memoryRecording();
    const sent = await sendDataframe(recording, await readFile(path), { index: "step", entityPath: "/table" });
    expect(sent, path).toEqual({ rows: 5000, chunks: 3 });
    const table = await (await openRrd(memory.drainAsBytes())).recording().query({ index: "step" }).toTable();
    const rows = [...plainRows(table)];
    expect(rows.length, path).toBe(5000);
    for (const [row, values] of rows.entries()) {
      expect(values).toEqual({
        step: BigInt(row),
        "/table:height": row % 7 === 0 ? null : [row / 4],
        "/table:name": [`row ${row % 100}`],
        "/table:path": Array.from({ length: row % 3 }, () => [row, 0.5]).flat(),
      });
    }
  }
});
