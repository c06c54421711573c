import { existsSync } from "node:fs";
import { chmod, readFile, readdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as rr from "@rerun-ts/node";
import { makeTemporaryFolder } from "@rerun-ts/test-support/node/temporary-folder";
import { afterAll, describe, expect, it, vi } from "vitest";

const ASSETS = join(import.meta.dirname, "../../../../tests/conformance/assets");
const VIDEO = join(ASSETS, "b-frames.mp4");
const { path: folder, remove } = makeTemporaryFolder();
afterAll(remove);

/** A program in place of FFmpeg. `body` has the arguments in `args`, and the path of the result in `target`. */
async function program(name: string, body: string, encoders = "libx264 libx265"): Promise<string> {
  const path = join(folder, name);
  const list = encoders.split(" ").map((encoder) => ` V..... ${encoder} An encoder`);
  await writeFile(
    path,
    `#!${process.execPath}
const fs = require("node:fs");
const args = process.argv.slice(2);
const target = args.at(-1);
if (args.includes("-encoders")) console.log(${JSON.stringify(list.join("\n"))});
else { ${body} }
`,
  );
  await chmod(path, 0o755);
  return path;
}

const succeed = `fs.copyFileSync(${JSON.stringify(join(ASSETS, "video/h264.mp4"))}, target);`;

/** Logs the video. Returns the code and message of an error. */
async function log(transcode: rr.video.TranscodeOptions, signal?: AbortSignal): Promise<unknown> {
  const rec = new rr.RecordingStream("video", { sendProperties: false });
  rec.memoryRecording();
  return rr.video.logVideoFile(rec, "camera", VIDEO, { transcode, signal }).catch((error: unknown) => {
    expect(rec.stats().rows).toBe(0);
    return rr.isRerunError(error) ? `${error.code}: ${error.message}` : error;
  });
}

/** The temporary files of encoded videos. */
async function temporaryFiles(): Promise<string[]> {
  return (await readdir(tmpdir())).filter((name) => name.startsWith("rerun-ts-video-"));
}

describe("FFmpeg", () => {
  it("encodes a video with B-frames, and its result is removed after the last frame, or an early end", async () => {
    const before = await temporaryFiles();
    const seen = join(folder, "arguments");
    const ffmpegOverride = await program("encode", `fs.writeFileSync("${seen}", args.join(" ")); ${succeed}`);
    expect(await log({ ffmpegOverride, gopSize: 7 })).toEqual({ codec: "H264", frames: 23, keyframes: 4 });
    expect(await readFile(seen, "utf8")).toMatch(
      /-protocol_whitelist file -f mp4 -i \/.*b-frames\.mp4 .*-c:v libx264 .*-bf 0 -g 7 /,
    );
    for await (const { index } of rr.video.mp4Samples(VIDEO, { transcode: { ffmpegOverride } })) if (index === 3) break;
    expect(await temporaryFiles()).toEqual(before);
  });

  it("encodes with the processor if a graphics card cannot", async () => {
    const ffmpegOverride = await program(
      "gpu",
      `if (args.includes("h264_nvenc")) { console.error("Cannot load libcuda.so.1"); process.exit(1); } ${succeed}`,
      "libx264 h264_nvenc",
    );
    expect(await log({ ffmpegOverride, tryGpu: true })).toMatchObject({ frames: 23 });
  });

  it("that fails is an error with its first messages, and nothing is logged", async () => {
    const before = await temporaryFiles();
    const messages = Array.from({ length: 9 }, (_, line) => `message ${line}`).join("\n");
    const failing = await program("fail", `process.stderr.write(${JSON.stringify(messages)}); process.exitCode = 1;`);
    expect(await log({ ffmpegOverride: failing })).toBe(
      "UNSUPPORTED: FFmpeg cannot encode the video again: message 0; message 1; message 2",
    );
    const silent = await program("silent", "process.exit(3);");
    expect(await log({ ffmpegOverride: silent })).toContain("it ended with exit code 3");
    const other = await program("other", succeed, "libvpx");
    expect(await log({ ffmpegOverride: other })).toContain("has no encoder for H264: choose `transcode.outputCodec`");
    const useless = await program("useless", `fs.writeFileSync(target, "no video");`);
    expect(await log({ ffmpegOverride: useless })).toContain("INVALID_FORMAT");
    expect(await temporaryFiles()).toEqual(before);
  });

  it("ends with the signal, and its file is removed", async () => {
    const before = await temporaryFiles();
    const started = join(folder, "started");
    const ffmpegOverride = await program("endless", `fs.writeFileSync("${started}", ""); setInterval(() => {}, 1000);`);
    const controller = new AbortController();
    const logged = log({ ffmpegOverride }, controller.signal);
    await vi.waitFor(() => expect(existsSync(started)).toBe(true), { timeout: 30_000 });
    controller.abort();
    expect(await logged).toContain("ABORTED");
    expect(await log({ ffmpegOverride }, AbortSignal.abort())).toContain("ABORTED");
    expect(await temporaryFiles()).toEqual(before);
  });

  it("is not asked for wrong options, or for bytes", async () => {
    expect(await log({ outputCodec: "VP8" })).toContain('must be "H264", "H265", "AV1" or "VP9", got "VP8"');
    expect(await log({ gopSize: 0.5 })).toContain("`transcode.gopSize` must be a positive integer, got 0.5");
    expect(await log({ ffmpegOverride: 5 as never })).toContain(
      "`transcode.ffmpegOverride` must be the path of FFmpeg",
    );
    expect(await log({ gop: 1 } as never)).toContain("`gop` is not an option of `transcode`");
    expect(await log(null as never)).toContain("`transcode` must be a boolean, or options");
    const rec = new rr.RecordingStream("video");
    const bytes = await readFile(VIDEO);
    await expect(rr.video.logVideoFile(rec, "camera", bytes, { transcode: true })).rejects.toThrow(
      "`source` must be a path, so that FFmpeg can encode it",
    );
  });
});
