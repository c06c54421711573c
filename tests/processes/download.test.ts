import { createServer } from "node:http";
import { once } from "node:events";
import { readFile, readdir, writeFile } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import * as rr from "@rerun-ts/node";
import { openRrd } from "@rerun-ts/reading";
import { describe, expect, onTestFinished, vi } from "vitest";
import { RelayProgram, runCli } from "./harness/relay-program.ts";
import { it } from "./harness/test.ts";
import { runWarmCli } from "./harness/warm-cli.ts";

async function serve(): Promise<{
  rec: rr.RecordingStream;
  server: Awaited<ReturnType<rr.RecordingStream["serveGrpc"]>>;
}> {
  const rec = new rr.RecordingStream("served", { recordingId: "one" });
  const server = await rec.serveGrpc({ port: 0 });
  onTestFinished(async () => {
    await rec.close();
    await server.close();
  });
  for (let frame = 0; frame < 100; frame++) rec.log("a", new rr.Scalars(frame), { time: { frame } });
  await rec.flush();
  return { rec, server };
}

async function framesIn(path: string): Promise<number> {
  const file = await openRrd(path);
  try {
    return (await file.recording("one").query({ index: "frame" }).toTable()).numRows;
  } finally {
    await file.close();
  }
}

describe("rerun-ts download", () => {
  it("saves what a server has and goes on to send, until it ends", async ({ folder, rerun }) => {
    const { rec, server } = await serve();
    const program = await RelayProgram.start(["download", server.url, "-o", join(folder, "new")], /^Downloading/);
    await vi.waitUntil(() => server.stats().readers === 1, 30_000);
    for (let frame = 100; frame < 150; frame++) rec.log("a", new rr.Scalars(frame), { time: { frame } });
    await rec.close();
    await server.close();
    expect(await program.ended).toMatchObject({ code: 0, stderr: "" });
    const path = join(folder, "new/output.rrd");
    expect(await framesIn(path)).toBe(150);
    await rerun.verify(path);
  });

  it("completes the file on Ctrl-C, or when a server is silent for long enough", async ({ folder, rerun }) => {
    const { server } = await serve();
    const program = await RelayProgram.start(["download", server.url, "-o", folder], /^Downloading/);
    await vi.waitUntil(() => server.stats().readers === 1, 30_000);
    expect(await program.interrupt()).toMatchObject({ code: 0, stderr: "" });
    await rerun.verify(join(folder, "output.rrd"));
    const silent = await runCli(["download", server.url, server.url, "-o", folder, "--idle-timeout", "2"]);
    expect(silent).toMatchObject({ code: 0, stderr: "" });
    expect((await readdir(folder)).sort()).toEqual(["output-2.rrd", "output.rrd"]);
    expect(await framesIn(join(folder, "output-2.rrd"))).toBe(100);
  });

  it("saves files of HTTP servers under their names, and reports what is none", async ({ folder }) => {
    const source = join(folder, "source.rrd");
    const rec = new rr.RecordingStream("file", { recordingId: "one" });
    await rec.save(source);
    for (let frame = 0; frame < 5; frame++) rec.log("a", new rr.Scalars(frame), { time: { frame } });
    await rec.close();
    const contents = await readFile(source);
    const web = createServer((request, response) => {
      if (request.url?.startsWith("/missing") === true) response.writeHead(404).end("no");
      else if (request.url === "/page.rrd") response.end("<html>");
      else response.end(contents);
    }).listen(0, "127.0.0.1");
    await once(web, "listening");
    onTestFinished(() => void web.close());
    const base = `http://127.0.0.1:${(web.address() as AddressInfo).port}`;
    const out = join(folder, "out");
    await writeFile(join(folder, "notes.txt"), "no recording");
    const cases: [string[], number, string][] = [
      [[`${base}/runs/a%20b.rrd?token=1`, source], 0, ""],
      [[`${base}/missing.rrd`], 1, "HTTP 404"],
      [[`${base}/page.rrd`], 1, "is not a Rerun recording"],
      [["http://127.0.0.1:1/x.rrd"], 1, "cannot download http://127.0.0.1:1/x.rrd"],
      [["rerun+http://127.0.0.1:1/proxy"], 1, "cannot read from rerun+http://127.0.0.1:1/proxy"],
      [[join(folder, "notes.txt")], 1, "is not a Rerun recording"],
      [[], 2, "`download` requires at least one URL"],
      [[source, "--idle-timeout", "soon"], 2, "`--idle-timeout` must be a non-negative number"],
    ];
    for (const [args, code, message] of cases) {
      const end = await runWarmCli(["download", "-o", out, ...args]);
      expect([args, end.code], end.stderr).toEqual([args, code]);
      expect(end.stderr).toContain(message);
    }
    // The failed downloads leave nothing.
    expect((await readdir(out)).sort()).toEqual(["a b.rrd", "source.rrd"]);
    expect(await readFile(join(out, "a b.rrd"))).toEqual(contents);
  });

  it("downloads recordings of a catalog by the program `rerun`", async ({ folder }) => {
    const url = "rerun+http://127.0.0.1:1/dataset/0000?segment_id=a";
    const env = { RERUN_CLI_PATH: join(folder, "none"), PATH: folder };
    const end = await runWarmCli(["download", "-o", folder, url], { env });
    expect(end.code).toBe(1);
    expect(end.stderr).toContain(`cannot download ${url}: it is in a catalog, which takes the program \`rerun\``);
  });
});
