import { RecordingStream, video } from "@rerun-ts/web";
import { expect, it } from "vitest";

/** Red for a second, green for another, then blue. */
const VIDEO = new URL("../../../../tests/conformance/assets/video/vp9.mp4", import.meta.url);

it("a page logs the frames of a video file, which its decoder takes", async () => {
  const file = await (await fetch(VIDEO)).blob();
  const recording = new RecordingStream("video");
  recording.memoryRecording();
  expect(await video.logVideoFile(recording, "camera", file)).toEqual({ codec: "VP9", frames: 23, keyframes: 3 });
  await recording.close();
  const times: (number | null)[] = [];
  const decoder = new VideoDecoder({
    output: (frame) => {
      times.push(frame.timestamp);
      frame.close();
    },
    error: (error) => expect.fail(String(error)),
  });
  decoder.configure({ codec: "vp09.00.10.08" });
  for await (const { sample, isKeyframe, nanos } of video.mp4Samples(file))
    decoder.decode(
      new EncodedVideoChunk({ type: isKeyframe ? "key" : "delta", timestamp: Number(nanos) / 1000, data: sample }),
    );
  await decoder.flush();
  decoder.close();
  expect(times).toEqual(Array.from({ length: 23 }, (_, frame) => frame * 100_000));
});
