import { once } from "node:events";
import { dirname, join } from "node:path";
import { describe, expect } from "vitest";
import { freePort } from "../../tools/lib/free-port.mjs";
import { runProgram, startProgram, type Program } from "./harness/program.ts";
import type { Rerun } from "./harness/rerun.ts";
import { endLater, saveFrom, whyNoViewer } from "./harness/server.ts";
import { it } from "./harness/test.ts";
import { ROWS } from "./programs/lib/rows.mjs";

const ALL_ROWS = { "/__properties": 1, "/rows": ROWS };

/** Starts a program that finds the real `rerun` in `PATH`. */
function start(rerun: Rerun, way: string, port: number): Program {
  const { PATH = "" } = process.env;
  return startProgram("spawn", [way, String(port)], { env: { PATH: `${dirname(rerun.program)}:${PATH}` } });
}

describe("a program that spawns the real viewer", () => {
  it.for(["and closes", "in the background, and just ends", "in the background, and shuts down"])(
    "leaves everything there: %s",
    async (way, { folder, rerun, skip }) => {
      const missing = whyNoViewer();
      if (missing !== undefined) skip(missing);
      const [port, viewed, saved] = [await freePort(), join(folder, "viewed.rrd"), join(folder, "saved.rrd")];
      const program = start(rerun, way, port);
      const exit = once(program.process, "exit");
      const info = (await program.report()) as { readonly port: number; readonly pid: number };
      const end = endLater(info.pid);
      expect(info).toEqual({ port, pid: expect.any(Number) });
      expect(await exit).toEqual([0, null]);
      // The program is gone, and its viewer is not.
      await saveFrom(rerun, { port, end }, viewed, ALL_ROWS);
      await runProgram("spawn", ["to a file, for comparison", saved]);
      await rerun.compare(viewed, saved);
      expect((await program.ended).stderr).not.toMatch(/\[rerun\]/);
    },
  );

  it("finds it again with the next program", async ({ folder, rerun, skip }) => {
    const missing = whyNoViewer();
    if (missing !== undefined) skip(missing);
    const [port, viewed] = [await freePort(), join(folder, "viewed.rrd")];
    const first = start(rerun, "and closes", port);
    const exit = once(first.process, "exit");
    const { pid } = (await first.report()) as { readonly pid: number };
    const end = endLater(pid);
    await exit;
    const second = await start(rerun, "and closes", port).ended;
    expect(second).toMatchObject({ code: 0, stderr: "", reports: [{ port }] });
    expect(second.reports[0]).not.toHaveProperty("pid");
    await saveFrom(rerun, { port, end }, viewed, { "/rows": 2 * ROWS });
  });

  it("is told what to do where there is no screen", async ({ rerun, skip }) => {
    if (process.platform !== "linux") skip("a screen is missing on Linux only");
    // The environment of these programs names no screen.
    const { code, reports, stderr } = await start(rerun, "without a screen", await freePort()).ended;
    expect(reports).toEqual([
      { code: "SERVER", message: expect.stringMatching(/has ended with the exit code 1;.*`headless: true`/) },
      { state: "broken" },
    ]);
    expect(stderr).toContain("[rerun] the Rerun viewer");
    expect(code).toBe(0);
  });
});
