import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { encodeArrow, encodeParquet, openRrd } from "@rerun-ts/arrow";
import * as rr from "@rerun-ts/node";
import { needRerun } from "@rerun-ts/test-support/setup/need-rerun";
import { expect, test } from "vitest";
import { outputFolder } from "./harness/output.ts";
import { runPython } from "./harness/real-rerun.ts";

test("pyarrow reads from Parquet what the Arrow stream of a query has", async (context) => {
  needRerun(context);
  const recording = new rr.RecordingStream("parquet", { recordingId: "one" });
  const memory = recording.memoryRecording();
  recording.log("notes", new rr.TextDocument("static"), { static: true });
  for (let frame = 0; frame < 3000; frame++) {
    recording.setTime("frame", frame);
    recording.setTime("elapsed", { duration: frame / 8 });
    recording.log("arm", new rr.Scalars(frame % 3 === 0 ? [frame / 4, -1] : frame));
    if (frame % 5 === 0) recording.log("log", new rr.TextLog(`line ${frame}`, { level: "WARN" }));
    if (frame % 7 === 0)
      recording.log(
        "cloud",
        new rr.Points3D(
          [
            [frame, 1, 2],
            [3, 4, 5],
          ],
          { colors: "red", labels: ["a", "ü"] },
        ),
      );
    if (frame % 100 === 0)
      recording.log("image", new rr.Image({ data: new Uint8Array(12).fill(frame), width: 2, height: 2 }));
    recording.log("any", new rr.AnyValues({ on: frame % 2 === 0, count: 2n ** 60n + BigInt(frame), none: [] }));
  }
  const query = (await openRrd(memory.drainAsBytes()))
    .recording()
    .query({ index: "frame", includeSemanticallyEmptyColumns: true });
  await writeFile(join(outputFolder, "table.arrow"), encodeArrow(query));
  await writeFile(join(outputFolder, "table.parquet"), encodeParquet(query));
  expect(await runPython("compare_parquet.py", outputFolder)).toEqual([3000, 3000, []]);
  await writeFile(join(outputFolder, "table.parquet"), encodeParquet(await query.toTable()));
  expect(await runPython("compare_parquet.py", outputFolder)).toEqual([3000, 3000, []]);
});

test("pyarrow reads from Parquet the values of every Arrow type that Python logs", async (context) => {
  needRerun(context);
  const path = join(outputFolder, "parquet-types.rrd");
  await runPython("arrow_types.py", { write: path });
  const query = (await openRrd(path)).recording().query({ index: null, contents: "/types/**" });
  await writeFile(join(outputFolder, "table.arrow"), encodeArrow(query));
  await writeFile(join(outputFolder, "table.parquet"), encodeParquet(query));
  expect(await runPython("compare_parquet.py", outputFolder)).toEqual([1, 1, []]);
});
