import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { compileExample } from "@rerun-ts/test-support/examples/run-example";
import { makeTemporaryFolder, removeTemporaryFolder } from "@rerun-ts/test-support/node/temporary-folder";
import { afterEach, beforeEach, expect, it } from "vitest";
import { root } from "@rerun-ts/test-support/node/environment";
import { readChunks, valuesOf } from "@rerun-ts/test-support/common/read-chunks";

let folder: string;
beforeEach(async () => {
  folder = makeTemporaryFolder().path;
});
afterEach(() => removeTemporaryFolder(folder));

/** The frames of the AV1 video among the assets, which is one fragment after the other, in IVF form. */
async function clipAsIvf(): Promise<{ readonly frames: number; readonly ivf: Buffer }> {
  const { samplesOf } = await import("../../examples/node/video/scene.ts");
  const samples = [...samplesOf(await readFile(join(root, "examples/assets/clip.mp4")))];
  const header = Buffer.alloc(32);
  header.write("DKIF\0\0 \0AV01", "latin1");
  header.writeUInt32LE(10, 16);
  header.writeUInt32LE(1, 20);
  const parts = samples.flatMap((sample, index) => {
    const frame = Buffer.alloc(12);
    frame.writeUInt32LE(sample.length);
    frame.writeUInt32LE(index, 4);
    return [frame, sample];
  });
  return { frames: samples.length, ivf: Buffer.concat([header, ...parts]) };
}

it("the example logs every frame of a video that is piped into it, with its time and key frames", async () => {
  const { frames, ivf } = await clipAsIvf();
  const file = join(folder, "video.rrd");
  const program = spawn(process.execPath, [await compileExample("video-pipe"), file], {
    stdio: ["pipe", "ignore", "inherit"],
  });
  program.stdin.end(ivf);
  expect(await once(program, "exit")).toEqual([0, null]);
  const rrd = await readFile(file);
  expect(valuesOf(rrd, "/video", "VideoStream:sample").filter((row) => row !== null)).toHaveLength(frames);
  const times = readChunks(rrd).flatMap((chunk) => chunk.times["video"] ?? []);
  expect(times).toEqual(Array.from({ length: frames }, (_, index) => BigInt(index) * 100_000_000n));
  expect(valuesOf(rrd, "/video", "VideoStream:is_keyframe")[0]).toEqual([true]);
});
