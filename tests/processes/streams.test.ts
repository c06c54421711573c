import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, expect } from "vitest";
import { linesOf, runPipeline, runProgram } from "./harness/program.ts";
import { it } from "./harness/test.ts";
import { ROWS } from "./programs/lib/rows.mjs";

const ALL_ROWS = { "/__properties": 1, "/rows": ROWS };
/** The time after which a program counts as hanging. */
const HANG_MS = 20_000;

describe("a recording is complete that a program writes to", () => {
  it.for([
    "a file, and ends without closing",
    "a file, and awaits nothing",
    "a WHATWG stream, and ends without closing",
  ])("%s", async (way, { folder, rerun }) => {
    const file = join(folder, "stream.rrd");
    expect(await runProgram("streams", [way, file])).toMatchObject({ code: 0, stderr: "", reports: [] });
    await rerun.verify(file);
    expect(await rerun.rows(file)).toEqual(ALL_ROWS);
  });

  it("a file through compression, and ends without closing", async ({ folder, rerun }) => {
    const [compressed, file] = [join(folder, "stream.rrd.gz"), join(folder, "stream.rrd")];
    const end = await runProgram("streams", ["a file through compression, and ends without closing", compressed]);
    expect(end).toMatchObject({ code: 0, stderr: "" });
    await writeFile(file, gunzipSync(await readFile(compressed)));
    await rerun.verify(file);
    expect(await rerun.rows(file)).toEqual(ALL_ROWS);
  });

  it("standard output, and ends without closing", async ({ folder, rerun }) => {
    const file = join(folder, "stream.rrd");
    const line = `"$NODE" "$PROGRAM" "standard output, and ends without closing" | cat > "$FILE"`;
    expect(await runPipeline(line, "streams", { FILE: file })).toMatchObject({ code: 0, stderr: "" });
    await rerun.verify(file);
    expect(await rerun.rows(file)).toEqual(ALL_ROWS);
  });
});

describe("a program does not hang on", () => {
  it.for([
    "a stream that is destroyed while it is full",
    "a stream that was destroyed while it was full",
    "a stream that other code destroys",
    "a stream that other code ends",
    "a WHATWG stream that was closed before",
  ])("%s", { timeout: HANG_MS }, async (way) => {
    const end = await runProgram("streams", [way, ""]);
    expect(end.reports).toEqual([{ error: "IO_ERROR" }, { rejected: "IO_ERROR" }, { state: "broken" }]);
    expect(linesOf(end.stderr)).toEqual([
      expect.stringMatching(/the stream (is|was) (closed|destroyed)$|write after end$/),
    ]);
    expect(end.code).toBe(0);
  });

  it("a stream that never accepts data", { timeout: HANG_MS }, async ({ folder, rerun }) => {
    const file = join(folder, "beside.rrd");
    const end = await runProgram("streams", ["a stream that never accepts data", file]);
    expect(end).toMatchObject({ code: 0, stderr: "", reports: [] });
    await rerun.verify(file);
    expect(await rerun.rows(file)).toEqual(ALL_ROWS);
  });
});
