import { spawnSync } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import * as rr from "@rerun-ts/node";
import { describe, expect } from "vitest";
import { CLI } from "./harness/command.ts";
import { it } from "./harness/test.ts";
import { runWarmCli } from "./harness/warm-cli.ts";

const VIDEOS = join(import.meta.dirname, "../conformance/assets/video");

async function record(path: string): Promise<string> {
  const rec = new rr.RecordingStream("run");
  await rec.save(path);
  await rr.video.logVideoFile(rec, "camera", join(VIDEOS, "h264.mp4"));
  await rec.close();
  return path;
}

async function framesOf(source: string | Uint8Array): Promise<number> {
  let frames = 0;
  for await (const { sample } of rr.video.mp4Samples(source)) frames += sample.byteLength > 0 ? 1 : 0;
  return frames;
}

describe("rerun-ts rrd video", () => {
  it("writes a video, or a part of it, to a file or standard output", async ({ folder }) => {
    const [run, film] = [await record(join(folder, "run.rrd")), join(folder, "camera.mp4")];
    expect(await runWarmCli(["rrd", "video", run, "/camera", "-o", film])).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(/^Wrote .*camera\.mp4: 23 frames, \d+\.\d kB\n$/),
    });
    expect(await framesOf(film)).toBe(23);
    // From the key frame before, 0.8 s.
    const part = ["--timeline", "video", "--from", "0.9s", "--to", "1s"];
    expect(await runWarmCli(["rrd", "video", run, "camera", ...part, "-o", film])).toMatchObject({ code: 0 });
    expect(await framesOf(film)).toBe(3);
    const piped = spawnSync(process.execPath, [CLI, "rrd", "video", run, "/camera"]);
    expect(piped.status).toBe(0);
    expect(await framesOf(piped.stdout)).toBe(23);
  });

  it("says how many frames no decoder can show", async ({ folder }) => {
    const [run, film] = [join(folder, "run.rrd"), join(folder, "camera.mp4")];
    const rec = new rr.RecordingStream("run");
    await rec.save(run);
    let frame = 0;
    for await (const { sample } of rr.video.mp4Samples(join(VIDEOS, "h264.mp4")))
      if (frame++ > 0) rec.log("camera", new rr.VideoStream("H264", { sample }), { time: { frame } });
    await rec.close();
    const { code, stderr } = await runWarmCli(["rrd", "video", run, "camera", "--fps", "25", "-o", film]);
    expect(code).toBe(0);
    const [, written, skipped] =
      /: (\d+) frames, [\d.]+ kB; (\d+) frames before the first key frame left out\n$/.exec(stderr) ?? [];
    expect(await framesOf(film)).toBe(Number(written));
    expect(Number(written) + Number(skipped)).toBe(22);
  });

  it("does not write to a terminal", async ({ folder, skip }) => {
    const command = `${process.execPath} ${CLI} rrd video ${await record(join(folder, "run.rrd"))} /camera`;
    const { status, stdout, error } = spawnSync("script", ["-qec", command, "/dev/null"], { encoding: "utf8" });
    skip(error !== undefined, "the program `script` is missing");
    expect(stdout).toContain("a video cannot be shown on a terminal: pass `-o FILE.mp4`");
    expect(status).toBe(2);
  });

  it("writes nothing if an argument is wrong, and names the flag", async ({ folder }) => {
    const [run, film] = [await record(join(folder, "run.rrd")), join(folder, "camera.mp4")];
    const before = await readFile(run);
    const cases: [string[], number, string][] = [
      [[run, "-o", film], 2, "`rrd video` requires a file and an entity, got 1 arguments"],
      [[run, "/camera", "/other", "-o", film], 2, "got 3 arguments"],
      [[run, "/nope", "-o", film], 1, "/nope has no VideoStream and no AssetVideo; the videos are /camera"],
      [[run, "/camera", "--timeline", "nope", "-o", film], 2, "`--timeline` must be one of the video"],
      [[run, "/camera", "--from", "soon", "-o", film], 2, "`--from` must be a time, such as 120"],
      [[run, "/camera", "--from", "2026-01-31", "-o", film], 2, "`--from` must be a duration"],
      [[run, "/camera", "--from", "1", "-o", film], 2, "as the timeline video, got 1 (seconds? pass `1s`)"],
      [[run, "/camera", "--from", "2s", "--to", "1s", "-o", film], 2, "`--to` must not be before `--from`"],
      [[run, "/camera", "--fps", "30", "-o", film], 2, "`--fps` must be left out for the timeline video"],
      [[run, "/camera", "-o", join(folder, "film.gif")], 2, "`-o` must be an MP4 file, such as film.mp4, got"],
      [[join(folder, "none.rrd"), "/camera", "-o", film], 1, "no such file"],
      [[run, "/camera", "-o", run], 2, "`-o` must be another file than the input"],
    ];
    for (const [args, code, message] of cases) {
      const end = await runWarmCli(["rrd", "video", ...args]);
      expect({ args, code: end.code, stderr: end.stderr }).toEqual({
        args,
        code,
        stderr: expect.stringContaining(message),
      });
    }
    expect(await readdir(folder)).toEqual(["run.rrd"]);
    expect(Buffer.compare(await readFile(run), before)).toBe(0);
  });
});
