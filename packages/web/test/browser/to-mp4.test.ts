import { openRrd } from "@rerun-ts/reading";
import { RecordingStream, video } from "@rerun-ts/web";
import { expect, it } from "vitest";

const VIDEO = new URL("../../../../tests/conformance/assets/video/vp9.mp4", import.meta.url);

it("a page makes a film of a recorded video, which its player shows", async () => {
  const recording = new RecordingStream("film");
  const memory = recording.memoryRecording();
  await video.logVideoFile(recording, "camera", await (await fetch(VIDEO)).blob());
  const file = await openRrd(memory.drainAsBytes());
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  let frames = 0;
  const onProgress = (progress: video.Mp4Progress): void => void ({ frames } = progress);
  for await (const piece of video.toMp4(file.recording(), "camera", { onProgress }))
    pieces.push(Uint8Array.from(piece));
  expect(frames).toBe(23);
  const player = document.createElement("video");
  player.muted = true;
  player.src = URL.createObjectURL(new Blob(pieces, { type: "video/mp4" }));
  await new Promise((resolve, reject) => {
    player.addEventListener("loadeddata", resolve);
    player.addEventListener("error", () => reject(new Error(player.error?.message)));
  });
  expect(player.duration).toBeCloseTo(2.3, 2);
  expect([player.videoWidth, player.videoHeight]).not.toContain(0);
  URL.revokeObjectURL(player.src);
});
