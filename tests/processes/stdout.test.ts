import { execFileSync } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect } from "vitest";
import { freePort } from "@rerun-ts/test-support/node/free-port";
import { linesOf, runPipeline, runProgram } from "./harness/program.ts";
import { it } from "./harness/test.ts";
import { ROWS } from "./programs/lib/rows.mjs";

const ALL_ROWS = { "/__properties": 1, "/rows": ROWS };
const MUCH = { ...ALL_ROWS, "/image": 10 };

describe("a recording on standard output", () => {
  it("is read by the real Rerun like a file of `save`", async ({ folder, rerun }) => {
    const [piped, saved] = [join(folder, "piped.rrd"), join(folder, "saved.rrd")];
    await runProgram("stdout", ["to a file, for comparison", saved]);
    const reader = `"$RERUN" - --save "$FILE" --bind 127.0.0.1 --port ${await freePort()} >&2`;
    const env = { FILE: piped, RERUN: rerun.program };
    const end = await runPipeline(`"$NODE" "$PROGRAM" "closes the recording" | ${reader}`, "stdout", env);
    expect(end.code, end.stderr).toBe(0);
    await rerun.verify(piped);
    await rerun.compare(piped, saved);
  });

  it("can be redirected to a file", async ({ folder, rerun }) => {
    const file = join(folder, "sent.rrd");
    await runPipeline(`"$NODE" "$PROGRAM" "closes the recording" > "$FILE"`, "stdout", { FILE: file });
    await rerun.verify(file);
    expect(await rerun.rows(file)).toEqual(ALL_ROWS);
  });

  it.for(["ends without closing", "calls process.exit", "writes to a non-blocking pipe and calls process.exit"])(
    "reaches a slow reader completely when the program %s",
    async (way, { folder, rerun }) => {
      const file = join(folder, "slow.rrd");
      const line = `"$NODE" "$PROGRAM" "$WAY" | { sleep 0.5; cat; } > "$FILE"; exit "\${PIPESTATUS[0]}"`;
      const end = await runPipeline(line, "stdout", { FILE: file, WAY: way });
      expect(end).toMatchObject({ code: 0, stderr: "", reports: [] });
      await rerun.verify(file);
      expect(await rerun.rows(file)).toEqual(MUCH);
    },
  );

  it("stays whole beside all that the console and `process.stdout` print, which a warning names once", async ({
    folder,
    rerun,
  }) => {
    const file = join(folder, "printed.rrd");
    const end = await runPipeline(`"$NODE" "$PROGRAM" "prints beside it" | tail -n +2 > "$FILE"`, "stdout", {
      FILE: file,
    });
    expect(end.code, end.stderr).toBe(0);
    await rerun.verify(file);
    expect(await rerun.rows(file)).toEqual(ALL_ROWS);
    const lines = linesOf(end.stderr);
    expect(lines[0]).toContain(
      "standard output is a recording, so `console.log` and `process.stdout` print to standard",
    );
    expect(lines.filter((line) => line.includes("standard output is a recording"))).toHaveLength(1);
    for (const text of ["printed by a dependency", "captured before", "raw", "as winston does", "after the recording"])
      expect(lines).toContain(text);
  });

  it("breaks only its sink when the reader closes the pipe", async () => {
    const line = `"$NODE" "$PROGRAM" "until the reader closes the pipe" | head -c 100 > /dev/null; exit "\${PIPESTATUS[0]}"`;
    const end = await runPipeline(line, "stdout");
    expect(end.reports).toEqual([
      { error: { kind: "stdout", code: "IO_ERROR" } },
      { rejected: "IO_ERROR" },
      { state: "broken" },
      { rejected: "IO_ERROR" },
    ]);
    expect(linesOf(end.stderr)).toEqual([expect.stringContaining("EPIPE")]);
    expect(end.code).toBe(0);
  });

  it("stays buffered on a terminal, for the next sink", async ({ folder, rerun, skip }) => {
    if (!hasScript()) skip("the program `script` of util-linux is missing");
    const [file, stderrFile] = [join(folder, "later.rrd"), join(folder, "stderr.txt")];
    await writeFile(stderrFile, "");
    const line = `script -qec '"$NODE" "$PROGRAM" "on a terminal" "$FILE" 2> "$STDERR_FILE"' /dev/null < /dev/null`;
    const end = await runPipeline(line, "stdout", { FILE: file, STDERR_FILE: stderrFile });
    expect(end.stdout.toString()).toBe("");
    expect(end).toMatchObject({ code: 0, reports: [{ state: "buffering", hasBacklog: true }] });
    await rerun.verify(file);
    expect(await rerun.rows(file)).toEqual(ALL_ROWS);
  });
});

function hasScript(): boolean {
  try {
    return execFileSync("script", ["--version"], { encoding: "utf8" }).includes("util-linux");
  } catch {
    return false;
  }
}
