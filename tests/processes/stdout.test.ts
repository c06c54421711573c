import { execFileSync } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect } from "vitest";
import { freePort } from "../../tools/lib/free-port.mjs";
import { linesOf, runPipeline, runProgram } from "./harness/program.ts";
import { it } from "./harness/test.ts";
import { ROWS } from "./programs/lib/rows.mjs";

const ALL_ROWS = { "/__properties": 1, "/rows": ROWS };
const MUCH = { ...ALL_ROWS, "/image": 10 };

describe("a recording on standard output", () => {
  it("is what `save` writes, when the real Rerun reads it", async ({ folder, rerun }) => {
    const [piped, saved] = [join(folder, "piped.rrd"), join(folder, "saved.rrd")];
    await runProgram("stdout", ["to a file, for comparison", saved]);
    const reader = `"$RERUN" - --save "$FILE" --bind 127.0.0.1 --port ${await freePort()} >&2`;
    const env = { FILE: piped, RERUN: rerun.program };
    const end = await runPipeline(`"$NODE" "$PROGRAM" "and closes" | ${reader}`, "stdout", env);
    expect(end.code, end.stderr).toBe(0);
    await rerun.verify(piped);
    await rerun.compare(piped, saved);
  });

  it("may be sent to a file", async ({ folder, rerun }) => {
    const file = join(folder, "sent.rrd");
    await runPipeline(`"$NODE" "$PROGRAM" "and closes" > "$FILE"`, "stdout", { FILE: file });
    await rerun.verify(file);
    expect(await rerun.rows(file)).toEqual(ALL_ROWS);
  });

  it.for(["and just ends", "and calls process.exit", "through a pipe that does not block, and calls process.exit"])(
    "arrives as a whole when the reader is slow: %s",
    async (way, { folder, rerun }) => {
      const file = join(folder, "slow.rrd");
      const line = `"$NODE" "$PROGRAM" "$WAY" | { sleep 0.5; cat; } > "$FILE"; exit "\${PIPESTATUS[0]}"`;
      const end = await runPipeline(line, "stdout", { FILE: file, WAY: way });
      expect(end).toMatchObject({ code: 0, stderr: "", reports: [] });
      await rerun.verify(file);
      expect(await rerun.rows(file)).toEqual(MUCH);
    },
  );

  it("breaks its sink, and not the program, when nobody reads any more", async () => {
    const line = `"$NODE" "$PROGRAM" "until nobody reads" | head -c 100 > /dev/null; exit "\${PIPESTATUS[0]}"`;
    const end = await runPipeline(line, "stdout");
    expect(end.reports).toEqual([
      { error: { kind: "stdout", code: "FILE" } },
      { rejected: "FILE" },
      { state: "broken" },
      { rejected: "FILE" },
    ]);
    expect(linesOf(end.stderr)).toEqual([expect.stringContaining("EPIPE")]);
    expect(end.code).toBe(0);
  });

  it("stays buffered on a terminal, for the next sink", async ({ folder, rerun, skip }) => {
    if (!hasScript()) skip("the program `script` of util-linux is not there");
    const [file, said] = [join(folder, "later.rrd"), join(folder, "stderr.txt")];
    await writeFile(said, "");
    const line = `script -qec '"$NODE" "$PROGRAM" "on a terminal" "$FILE" 2> "$SAID"' /dev/null < /dev/null`;
    const end = await runPipeline(line, "stdout", { FILE: file, SAID: said });
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
