import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";
import { connectCatalog } from "@rerun-ts/catalog";
import * as rr from "@rerun-ts/node";
import { freePort } from "@rerun-ts/test-support/node/free-port";
import { describe, expect } from "vitest";
import { damagedFile, it } from "./harness/test.ts";

async function save(path: string, recordingId: string): Promise<string> {
  const rec = new rr.RecordingStream("robot", { recordingId });
  await rec.save(path);
  rec.log("a", new rr.Scalars(1), { time: { frame: 0 } });
  await rec.close();
  return path;
}

/** Resolves once nothing answers at a URL. */
async function untilGone(url: string): Promise<void> {
  for (;;) {
    try {
      (await connectCatalog(url)).close();
    } catch (error) {
      expect(error).toMatchObject({ code: "CONNECTION" });
      return;
    }
  }
}

describe("serveCatalog", () => {
  it("serves folders and recordings as datasets, until it is closed", async ({ rerun, folder }) => {
    const runs = join(folder, "runs");
    await mkdir(runs);
    await save(join(runs, "monday.rrd"), "monday");
    const files = [await save(join(folder, "a.rrd"), "a"), pathToFileURL(await save(join(folder, "b.rrd"), "b"))];
    const datasets = { runs, "my files": files };
    const server = await rr.serve.serveCatalog({ executablePath: rerun.program, datasets });
    expect(server).toMatchObject({ host: "127.0.0.1", url: `rerun+http://127.0.0.1:${server.port}`, isRunning: true });
    using catalog = await connectCatalog(server.url);
    expect([...(await catalog.datasetNames())].sort()).toEqual(["my files", "runs"]);
    expect(await (await catalog.getDataset("runs")).segmentIds()).toEqual(["monday"]);
    expect(await (await catalog.getDataset("my files")).segmentIds()).toEqual(["a", "b"]);
    await server.close();
    await server.close();
    expect(server.isRunning).toBe(false);
    await expect(connectCatalog(server.url)).rejects.toMatchObject({ code: "CONNECTION" });
  });

  it("reports what the server cannot load, and goes on", async ({ rerun, folder }) => {
    await writeFile(damagedFile(join(folder, "bad.rrd")), "hi");
    const warnings: string[] = [];
    const server = await rr.serve.serveCatalog({
      executablePath: rerun.program,
      datasets: { runs: folder },
      onWarning: (message) => warnings.push(message),
    });
    expect(warnings.join()).toContain("too small to be an RRD");
    await server.close();
  });

  it("rejects wrong options, a port in use, and a program that is no server", async ({ rerun, folder }) => {
    const executablePath = rerun.program;
    const wrong: [rr.serve.ServeCatalogOptions, string][] = [
      [{ port: 70_000 }, "port"],
      [{ host: "" }, "host"],
      [{ host: "localhost" }, "host"],
      [{ datasets: { runs: join(folder, "nothing") } }, "datasets.runs"],
      [{ datasets: { runs: [folder] } }, "datasets.runs"],
      [{ datasets: { "a=b": folder } }, "datasets"],
      [{ datasets: ["x"] as never }, "datasets"],
      [{ datasets: new Map([["runs", folder]]) as never }, "datasets"],
      [{ tables: { t: 1 as never } }, "tables.t"],
      [{ corsAllowOrigin: [1] as never }, "corsAllowOrigin"],
      [{ timeoutMs: -1 }, "timeoutMs"],
    ];
    for (const [options, argument] of wrong)
      await expect(rr.serve.serveCatalog({ executablePath, ...options })).rejects.toMatchObject({
        code: "INVALID_ARGUMENT",
        argument,
      });
    await using server = await rr.serve.serveCatalog({ executablePath });
    await expect(rr.serve.serveCatalog({ executablePath, port: server.port })).rejects.toMatchObject({
      code: "LISTEN_FAILED",
    });
    await expect(rr.serve.serveCatalog({ executablePath: process.execPath })).rejects.toMatchObject({ code: "SERVER" });
    await expect(rr.serve.serveCatalog({ executablePath: join(folder, "none") })).rejects.toMatchObject({
      code: "NOT_FOUND",
    });
    const signal = AbortSignal.abort();
    await expect(rr.serve.serveCatalog({ executablePath, signal })).rejects.toMatchObject({ code: "ABORTED" });
    // A signal of a polyfill, or of another realm.
    const foreign = { aborted: true, reason: "over", addEventListener() {}, [Symbol.toStringTag]: "AbortSignal" };
    await expect(rr.serve.serveCatalog({ executablePath, signal: foreign as never })).rejects.toMatchObject({
      code: "ABORTED",
    });
    // It accepts no connections, ever.
    const silent = join(folder, "silent");
    await writeFile(silent, "#!/bin/sh\nexec sleep 600\n", { mode: 0o755 });
    await expect(rr.serve.serveCatalog({ executablePath: silent, timeoutMs: 0 })).rejects.toMatchObject({
      code: "TIMEOUT",
      argument: "timeoutMs",
    });
    const stop = new AbortController();
    const starting = rr.serve.serveCatalog({ executablePath: silent, signal: stop.signal });
    stop.abort();
    await expect(starting).rejects.toMatchObject({ code: "ABORTED" });
    await expect(
      rr.serve.serveCatalog({ executablePath, port: await freePort(), tables: { t: folder } }),
    ).rejects.toThrow();
  });

  it.for([
    ["ends", "process.exitCode = 0;", undefined],
    ["exits", "process.exit(0);", undefined],
    ["is killed", "setInterval(() => {}, 1000);", "SIGKILL"],
    ["is interrupted", "setInterval(() => {}, 1000);", "SIGINT"],
  ] as const)("ends with its program, which %s", async ([, end, signal], { rerun }) => {
    const program = `
      import { serve } from "@rerun-ts/node";
      const server = await serve.serveCatalog({ executablePath: ${JSON.stringify(rerun.program)}, unref: true });
      console.log(server.url);
      ${end}`;
    const child = spawn(process.execPath, ["--input-type=module", "-e", program], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const exited = once(child, "exit");
    const [url] = (await once(createInterface(child.stdout), "line")) as [string];
    if (signal !== undefined) child.kill(signal);
    await exited;
    await untilGone(url);
  });
});
