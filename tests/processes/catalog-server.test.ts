import { join } from "node:path";
import { mkdir } from "node:fs/promises";
import { connectCatalog } from "@rerun-ts/catalog";
import * as rr from "@rerun-ts/node";
import { freePort } from "@rerun-ts/test-support/node/free-port";
import { expect } from "vitest";
import { RelayProgram } from "./harness/relay-program.ts";
import { it } from "./harness/test.ts";
import { runWarmCli } from "./harness/warm-cli.ts";

it("rerun-ts server runs the real server with folders as datasets, and ends it with itself", async ({
  rerun,
  folder,
}) => {
  const runs = join(folder, "runs");
  await mkdir(runs);
  const rec = new rr.RecordingStream("robot", { recordingId: "monday" });
  await rec.save(join(runs, "monday.rrd"));
  rec.log("a", new rr.Scalars(1), { time: { frame: 0 } });
  await rec.close();
  const port = await freePort();
  const env = { RERUN_CLI_PATH: rerun.program };
  const program = await RelayProgram.start(["server", "--port", `${port}`, `days=${runs}`], /^Catalog at /, { env });
  const url = `rerun+http://127.0.0.1:${port}`;
  expect(program.lines).toContain(`Catalog at ${url}`);
  using catalog = await connectCatalog(url);
  expect(await (await catalog.getDataset("days")).segmentIds()).toEqual(["monday"]);
  expect(await program.interrupt("SIGTERM")).toMatchObject({ code: 0 });
  await expect(connectCatalog(url)).rejects.toMatchObject({ code: "CONNECTION" });
  expect((await runWarmCli(["server", join(folder, "nothing")], { env })).code).toBe(2);
});
