import { once } from "node:events";
import { dirname, join } from "node:path";
import { describe, expect } from "vitest";
import { freePort } from "@rerun-ts/test-support/node/free-port";
import { runProgram, startProgram, type Program } from "./harness/program.ts";
import type { Rerun } from "./harness/rerun.ts";
import { endLater, saveFrom, whyNoViewer } from "./harness/server.ts";
import { it } from "./harness/test.ts";
import { ROWS } from "./programs/lib/rows.mjs";

const ALL_ROWS = { "/__properties": 1, "/rows": ROWS };

/** Starts a program with the real `rerun` in its `PATH`. */
function start(rerun: Rerun, way: string, port: number): Program {
  const { PATH = "" } = process.env;
  return startProgram("spawn", [way, String(port)], { env: { PATH: `${dirname(rerun.program)}:${PATH}` } });
}

describe("a program that spawns the real viewer", () => {
  it.for([
    "closes the recording",
    "spawns it in the background and ends",
    "spawns it in the background and calls shutdown",
  ])("has sent everything to it when it %s", async (way, { folder, rerun, skip }) => {
    const missing = whyNoViewer();
    if (missing !== undefined) skip(missing);
    const [port, viewed, saved] = [await freePort(), join(folder, "viewed.rrd"), join(folder, "saved.rrd")];
    const program = start(rerun, way, port);
    const exit = once(program.process, "exit");
    const info = (await program.report()) as { readonly port: number; readonly pid: number };
    const end = endLater(info.pid);
    expect(info).toEqual({ port, pid: expect.any(Number) });
    expect(await exit).toEqual([0, null]);
    // The program has ended, but its viewer still runs.
    await saveFrom(rerun, { port, end }, viewed, ALL_ROWS);
    await runProgram("spawn", ["to a file, for comparison", saved]);
    await rerun.compare(viewed, saved);
    expect((await program.ended).stderr).not.toMatch(/\[rerun\]/);
  });

  it("leaves it running, so that the next program sends to it", async ({ folder, rerun, skip }) => {
    const missing = whyNoViewer();
    if (missing !== undefined) skip(missing);
    const [port, viewed] = [await freePort(), join(folder, "viewed.rrd")];
    const first = start(rerun, "closes the recording", port);
    const exit = once(first.process, "exit");
    const { pid } = (await first.report()) as { readonly pid: number };
    const end = endLater(pid);
    await exit;
    const second = await start(rerun, "closes the recording", port).ended;
    expect(second).toMatchObject({ code: 0, stderr: "", reports: [{ port }] });
    expect(second.reports[0]).not.toHaveProperty("pid");
    await saveFrom(rerun, { port, end }, viewed, { "/rows": 2 * ROWS });
  });

  it("receives an error with advice if there is no display", async ({ rerun, skip }) => {
    if (process.platform !== "linux") skip("a missing display is only detected on Linux");
    // The environment of these programs names no display.
    const { code, reports, stderr } = await start(rerun, "without a display", await freePort()).ended;
    expect(reports).toEqual([
      { code: "VIEWER_FAILED", message: expect.stringMatching(/exited with code 1;.*`headless: true`/) },
      { state: "broken" },
    ]);
    expect(stderr).toContain("[rerun] the Rerun viewer");
    expect(code).toBe(0);
  });
});
