import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { importTable } from "@rerun-ts/import";
import { encodeArrow, encodeParquet, openRrd, plainRows } from "@rerun-ts/reading";
import * as rr from "@rerun-ts/node";
import { isSoak } from "@rerun-ts/test-support/node/environment";
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

test("importTable reads the values that pyarrow wrote", async (context) => {
  needRerun(context);
  const [seed, count] = isSoak ? [Date.now() % 2 ** 31, 2000] : [7, 60];
  const folder = outputFolder;
  const files = await runPython<Record<string, unknown[]>[]>("write_tables.py", { folder, seed, count });
  const differences: unknown[] = [];
  for (const [number, columns] of files.entries()) {
    const recording = new rr.RecordingStream("tables", { sendProperties: false });
    const memory = recording.memoryRecording();
    await importTable(recording, join(folder, `${number}.parquet`), { entityPath: "table" });
    const opened = await openRrd(memory.drainAsBytes());
    const found = new Map(Object.keys(columns).map((name) => [name, [] as unknown[]]));
    for await (const { table } of opened.recording().chunks({ contents: "/table" }))
      for (const row of plainRows(table)) for (const [name, cells] of found) cells.push(row[name] ?? null);
    for (const [name, expected] of Object.entries(columns)) {
      const [made, wanted] = [asText(found.get(name)), asText(expected)];
      if (made !== wanted) differences.push({ number, name, made: made.slice(0, 400), wanted: wanted.slice(0, 400) });
    }
  }
  expect(differences.slice(0, 3), `seed ${seed}`).toEqual([]);
});

/** Cells as JSON. Maps are JSON in cells already. */
function asText(cells: unknown): string {
  return JSON.stringify(cells, (_, value: unknown) => {
    if (typeof value === "bigint") return Number(value);
    if (value instanceof Uint8Array) return [...value];
    return typeof value === "string" && value.startsWith("{") ? (JSON.parse(value) as unknown) : value;
  });
}
