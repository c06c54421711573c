import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as rr from "@rerun-ts/node";
import { describe, expect } from "vitest";
import { CLI } from "./harness/command.ts";
import { it } from "./harness/test.ts";
import { runWarmCli } from "./harness/warm-cli.ts";

async function record(path: string): Promise<string> {
  const rec = new rr.RecordingStream("run");
  await rec.save(path);
  rec.log("x", new rr.Scalars(1), { time: { frame: 7 } });
  await rec.close();
  return path;
}

/** Writes files that look like those of a viewer. */
async function fakeViewer(folder: string): Promise<string> {
  await mkdir(folder);
  await writeFile(join(folder, "index.js"), "class WebViewer {}\nexport { WebViewer };");
  await writeFile(join(folder, "re_viewer.js"), "export default function () {}");
  await writeFile(join(folder, "re_viewer_bg.wasm"), new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 0, 1, 0]));
  return folder;
}

describe("rerun-ts rrd html", () => {
  it("writes a page, after printing its size, of files or standard input", async ({ folder }) => {
    const [run, assets, page] = [
      await record(join(folder, "run <1>.rrd")),
      await fakeViewer(join(folder, "viewer")),
      join(folder, "run.html"),
    ];
    const flags = ["--assets", assets, "--at", "frame@7", "--panel", "time=hidden", "--theme", "dark"];
    const written = await runWarmCli(["rrd", "html", run, ...flags, "-o", page]);
    expect(written).toMatchObject({ code: 0, stderr: expect.stringMatching(/^Writing .*run\.html \(\d+\.\d kB\)\n$/) });
    const html = await readFile(page, "utf8");
    expect(html).toContain("<title>run &lt;1&gt;</title>");
    expect(html).toContain('"moment":{"timeline":"frame","time":"7"},"panels":{"time":"hidden"},"theme":"dark"');

    const input = await readFile(run);
    const piped = spawnSync(process.execPath, [CLI, "rrd", "html", "--assets", assets], { input, encoding: "utf8" });
    expect(piped.status).toBe(0);
    expect(piped.stdout).toContain("<title>Rerun recording</title>");
  });

  it("writes a page with the recorded web page of an entity, and names the entities that have one", async ({
    folder,
  }) => {
    const [run, assets, page] = [
      join(folder, "visit.rrd"),
      await fakeViewer(join(folder, "viewer")),
      join(folder, "visit.html"),
    ];
    const rec = new rr.RecordingStream("visit");
    await rec.save(run);
    for (const name of ["shop", "shop/meta", "shop/snapshots", "other"])
      rec.log(name, new rr.DynamicArchetype("PageReplay", { event: "{}" }));
    await rec.close();
    const flags = ["--assets", assets, "-o", page];
    const plain = await record(join(folder, "plain.rrd"));
    const cases: [string, string, string][] = [
      [run, "/page", '`--replay` must be an entity with a page: /shop, got "/page"'],
      [run, "/other", '`--replay` must be an entity with a page: /shop, got "/other"'],
      [plain, "/page", '`--replay` must be an entity with a page, but the recording has none, got "/page"'],
    ];
    for (const [path, entity, message] of cases) {
      const end = await runWarmCli(["rrd", "html", path, "--replay", entity, ...flags]);
      expect({ entity, ...end }).toMatchObject({ entity, code: 2, stderr: expect.stringContaining(message) });
    }
    expect(existsSync(page)).toBe(false);
    for (const entity of ["/shop", "shop"]) {
      expect(await runWarmCli(["rrd", "html", run, "--replay", entity, ...flags])).toMatchObject({ code: 0 });
      const html = await readFile(page, "utf8");
      expect(html).toContain('"replay":"/shop"');
      expect(html).toContain("rerun-replay");
    }
  });

  it("writes nothing if an argument is wrong, and names the flag", async ({ folder }) => {
    const [run, assets, page] = [
      await record(join(folder, "run.rrd")),
      await fakeViewer(join(folder, "viewer")),
      join(folder, "run.html"),
    ];
    const cases: [string[], number, string][] = [
      [["--at", "frame"], 2, "`--at` must be TIMELINE@TIME"],
      [["--at", "nope@7"], 2, "`--at` must name a timeline of the recording: frame, log_time"],
      [["--panel", "time"], 2, "`--panel` must be NAME=STATE"],
      [["--panel", "tme=hidden"], 2, "top, blueprint, selection, time"],
      [["--max-bytes", "10"], 2, "but `--max-bytes` is 10"],
      [["--viewer", "viewer"], 2, "`--viewer`"],
    ];
    for (const [flags, code, message] of cases) {
      const end = await runWarmCli(["rrd", "html", run, "--assets", assets, ...flags, "-o", page]);
      expect({ flags, code: end.code, stderr: end.stderr }).toEqual({
        flags,
        code,
        stderr: expect.stringContaining(message),
      });
    }
    const own = await runWarmCli(["rrd", "html", run, "--assets", assets, "-o", run]);
    expect(own).toMatchObject({ code: 2, stderr: expect.stringContaining("must be another file than the input") });
    expect(existsSync(page)).toBe(false);
    expect((await stat(run)).size).toBeGreaterThan(100);
    const none = await runWarmCli(["rrd", "html", run, "--assets", folder, "-o", page]);
    expect(none).toMatchObject({ code: 1, stderr: expect.stringContaining("`rerun-ts viewer-files FOLDER` writes") });
  });
});
