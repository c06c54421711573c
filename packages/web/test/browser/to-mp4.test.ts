import { openRrd } from "@rerun-ts/reading";
import { RecordingStream, video } from "@rerun-ts/web";
import { expect, it } from "vitest";

it.each(["vp9", "h264", "av1"])("a page makes a film of recorded %s, which its player shows", async (name) => {
  const url = new URL(`../../../../tests/conformance/assets/video/${name}.mp4`, import.meta.url);
  const recording = new RecordingStream("film");
  const memory = recording.memoryRecording();
  await video.logVideoFile(recording, "camera", await (await fetch(url)).blob());
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
  // A frame in the middle, which a player can decode from the key frame before alone.
  await new Promise((resolve) => {
    player.addEventListener("seeked", resolve);
    player.currentTime = 1.25;
  });
  // A busy browser may draw the frame after the event.
  await expect.poll(() => new Set(pixelsOf(player).data).size).toBeGreaterThan(2);
  URL.revokeObjectURL(player.src);
});

function pixelsOf(player: HTMLVideoElement): ImageData {
  const canvas = new OffscreenCanvas(player.videoWidth, player.videoHeight);
  const context = canvas.getContext("2d") as OffscreenCanvasRenderingContext2D;
  context.drawImage(player, 0, 0);
  return context.getImageData(0, 0, canvas.width, canvas.height);
}
