import { createReadStream } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { openRrd, plainRows, type RecordingReader } from "@rerun-ts/reading";
import * as rr from "@rerun-ts/node";
import { beforeAll, describe, expect, test, type TestContext } from "vitest";
import { isCi } from "@rerun-ts/test-support/node/environment";
import { run } from "@rerun-ts/test-support/node/run";
import { ensureFfmpeg } from "@rerun-ts/test-support/setup/ffmpeg";
import { ensurePyAv } from "@rerun-ts/test-support/setup/pyav";
import { needRerun } from "@rerun-ts/test-support/setup/need-rerun";
import { outputFile, outputFolder } from "./harness/output.ts";

const VIDEOS = join(import.meta.dirname, "assets/video");
/** A quarter of a second of a moving picture, ten pictures per second. */
const SOURCE = ["-f", "lavfi", "-i", "testsrc=size=96x64:rate=10:duration=6"];

/** A frame as FFmpeg decodes it: its time in microseconds, and the hash of its pixels. */
interface Decoded {
  readonly micros: number;
  readonly hash: string;
}

let ffmpeg: string | undefined;
beforeAll(() => mkdir(outputFolder, { recursive: true }));

async function needFfmpeg(context: TestContext): Promise<string> {
  const found = await ensureFfmpeg(needRerun(context).python);
  if (!("missing" in found)) return (ffmpeg = found.ffmpeg);
  if (isCi) throw new Error(found.missing);
  return context.skip(found.missing);
}

async function runFfmpeg(...args: readonly string[]): Promise<string> {
  const { code, output } = await run(ffmpeg ?? "", ["-v", "error", "-y", ...args], { capture: true });
  expect({ args, code, output: code === 0 ? "" : output }).toEqual({ args, code: 0, output: "" });
  return output;
}

/** The frames that a player shows of a file. */
async function decoded(path: string): Promise<Decoded[]> {
  const args = ["-i", path, "-fps_mode", "passthrough", "-enc_time_base", "1:1000000", "-f", "framemd5", "-"];
  const lines = (await runFfmpeg(...args)).split("\n").filter((line) => line.startsWith("0,"));
  return lines.map((line) => {
    const [, , time, , , hash = ""] = line.split(",").map((cell) => cell.trim());
    return { micros: Number(time), hash };
  });
}

async function recorded(log: (rec: rr.RecordingStream) => Promise<void>): Promise<RecordingReader> {
  const rec = new rr.RecordingStream("films");
  const memory = rec.memoryRecording();
  await log(rec);
  return (await openRrd(memory.drainAsBytes())).recording();
}

test.for(["h264.mp4", "h265.mp4", "av1.mp4", "vp9.mp4"])(
  "FFmpeg decodes the same pictures of the film of %s, at the same times",
  async (name, context) => {
    await needFfmpeg(context);
    const source = join(VIDEOS, name);
    const film = outputFile(`film.${name}`);
    const recording = await recorded(async (rec) => void (await rr.video.logVideoFile(rec, "camera", source)));
    await rr.video.saveMp4(recording, "camera", film);
    const [before, after] = [await decoded(source), await decoded(film)];
    expect(after).toHaveLength(23);
    expect(after.map(({ hash }) => hash)).toEqual(before.map(({ hash }) => hash));
    for (const [index, { micros }] of after.entries()) expect(Math.abs(micros - index * 100_000)).toBeLessThan(12);
  },
);

/** The pictures that PyAV decodes of a film, with their times in microseconds and their size. */
const PYAV = `import av, json, sys
with av.open(sys.argv[1]) as film:
    frames = [[round(frame.pts * frame.time_base * 1000000), frame.width, frame.height] for frame in film.decode(video=0)]
print(json.dumps(frames))
`;

/** The frames of a recording in microseconds since the first one. */
async function recordedMicros(recording: RecordingReader): Promise<number[]> {
  const table = await recording
    .query({ index: "video", contents: "/camera", columns: ["/camera:VideoStream:sample"] })
    .toTable();
  const times = [...plainRows(table)]
    .filter((row) => row["/camera:VideoStream:sample"] !== null)
    .map((row) => row["video"] as bigint);
  return times.map((time) => Math.round(Number(time - (times[0] ?? 0n)) / 1000));
}

describe.each([
  ["H.264", ["libx264", "-bf", "0"]],
  ["H.265", ["libx265", "-x265-params", "log-level=none:bframes=0"]],
  ["AV1", ["libaom-av1", "-cpu-used", "8", "-lag-in-frames", "0"]],
  ["VP9", ["libvpx-vp9", "-lag-in-frames", "0"]],
] as const)("the film of a recording with %s", (codec, encoder) => {
  /** A film of uneven times, and a size that is no multiple of the blocks of a codec. */
  async function filmOf(context: TestContext): Promise<{ film: string; micros: number[] }> {
    await needFfmpeg(context);
    const [source, film] = [`source.${codec}.mp4`, `counted.${codec}.mp4`].map(outputFile) as [string, string];
    const input = ["-f", "lavfi", "-i", "testsrc=size=98x66:rate=30000/1001:duration=2"];
    const uneven = ["-vf", "select='not(eq(mod(n,7),3))'", "-fps_mode", "passthrough", "-pix_fmt", "yuv420p"];
    await runFfmpeg(...input, ...uneven, "-c:v", ...encoder, "-g", "20", source);
    const recording = await recorded(async (rec) => void (await rr.video.logVideoFile(rec, "camera", source)));
    await rr.video.saveMp4(recording, "camera", film);
    const micros = await recordedMicros(recording);
    expect(micros).toHaveLength(51);
    return { film, micros };
  }

  function expectTimes(given: readonly number[], expected: readonly number[]): void {
    expect(given).toHaveLength(expected.length);
    // A tick is 1/90,000 s.
    for (const [index, micros] of given.entries()) expect(Math.abs(micros - (expected[index] ?? 0))).toBeLessThan(12);
  }

  test("has its frames and times in ffprobe", async (context) => {
    const { film, micros } = await filmOf(context);
    const entries = "stream=nb_frames,nb_read_frames,width,height:frame=pts_time";
    const args = ["-v", "error", "-count_frames", "-show_entries", entries, "-of", "json", film];
    const { code, output } = await run("ffprobe", args, { capture: true });
    // The Python package with FFmpeg does not contain it.
    if (code === 127) context.skip("ffprobe is not installed");
    const probed = JSON.parse(output) as { streams: object[]; frames: { pts_time: string }[] };
    const count = String(micros.length);
    expect(probed.streams).toEqual([{ nb_frames: count, nb_read_frames: count, width: 98, height: 66 }]);
    expectTimes(
      probed.frames.map(({ pts_time: time }) => Number(time) * 1e6),
      micros,
    );
  });

  test("has its frames and times in PyAV", async (context) => {
    const { film, micros } = await filmOf(context);
    const { python } = needRerun(context);
    const pyav = await ensurePyAv(python);
    const folder = "missing" in pyav ? context.skip(pyav.missing) : pyav.folder;
    const env = { PYTHONPATH: folder };
    const { code, output } = await run(python, ["-c", PYAV, film], { capture: true, env });
    expect({ code, output: code === 0 ? "" : output }).toEqual({ code: 0, output: "" });
    const frames = JSON.parse(output) as [number, number, number][];
    expectTimes(
      frames.map(([time]) => time),
      micros,
    );
    expect(new Set(frames.map(([, width, height]) => `${width}x${height}`))).toEqual(new Set(["98x66"]));
  });
});

test("FFmpeg decodes the same pictures of a film of VP8", async (context) => {
  await needFfmpeg(context);
  const [source, film] = [outputFile("vp8.ivf"), outputFile("film.vp8.mp4")];
  await runFfmpeg(...SOURCE, "-c:v", "libvpx", "-g", "20", "-auto-alt-ref", "0", source);
  const recording = await recorded(async (rec) => {
    rec.log("camera", new rr.VideoStream("VP8"), { static: true });
    for await (const { sample, seconds } of rr.video.videoSamples(createReadStream(source)))
      rec.log("camera", rr.VideoStream.fromFields({ sample }), { time: { t: { duration: seconds ?? 0 } } });
  });
  expect(await rr.video.saveMp4(recording, "camera", film)).toMatchObject({ frames: 60 });
  expect(await decoded(film)).toEqual(await decoded(source));
});

test.for([
  ["libx264", "-x264-params", "scenecut=0"],
  ["libx265", "-x265-params", "log-level=none:open-gop=0"],
  ["libx265", "-x265-params", "log-level=none:open-gop=1"],
])("FFmpeg decodes each picture of a part of an asset with B-frames: %s %s %s", async (encoder, context) => {
  await needFfmpeg(context);
  const [source, film] = [outputFile("b-frames.mp4"), outputFile("film.b-frames.mp4")];
  await runFfmpeg(...SOURCE, "-c:v", ...encoder, "-g", "20", "-bf", "3", "-pix_fmt", "yuv420p", source);
  const contents = await readFile(source);
  const recording = await recorded(async (rec) => {
    rec.log("camera", new rr.AssetVideo({ contents, mediaType: "video/mp4" }), { static: true });
    for (const [frame, time] of [...rr.files.readFrameTimestamps(contents)].entries())
      rec.log("camera", new rr.VideoFrameReference(time), { time: { frame } });
  });
  const before = (await decoded(source)).map(({ hash }) => hash);
  for (const [from, to] of [
    [22, 33],
    [25, 26],
    [39, 41],
    [0, 59],
  ] as const) {
    await rr.video.saveMp4(recording, "camera", film, { timeline: "frame", from, to });
    const after = await decoded(film);
    const start = before.indexOf(after[0]?.hash ?? "");
    expect({ from, to, start }).toEqual({ from, to, start: Math.floor(from / 20) * 20 });
    expect(after.length).toBeGreaterThan(to - start);
    expect(after.map(({ hash }) => hash)).toEqual(before.slice(start, start + after.length));
    expect(after.map(({ micros }) => Math.round(micros / 1e5))).toEqual(after.map((_, index) => index));
  }
});
