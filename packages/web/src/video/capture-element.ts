import type { FrameRecorder } from "./frame-recorder.ts";

/** Interval of checks whether a track has ended, because a page that ends a track itself causes no event. */
const POLL_MS = 250;

/** Captures the frames of a track with a video element that plays it, until the track ends or the signal fires. */
export async function captureElement(
  track: MediaStreamTrack,
  recorder: FrameRecorder,
  fps: number,
  signal: AbortSignal,
): Promise<void> {
  const video = document.createElement("video");
  video.muted = true;
  video.playsInline = true;
  video.srcObject = new MediaStream([track]);
  await video.play();
  let due = -Infinity;
  while (!signal.aborted && track.readyState === "live") {
    const captureTime = await nextVideoFrame(video);
    if (signal.aborted || captureTime === undefined || captureTime < due) continue;
    // Cameras are not exact, so a slightly early frame still counts.
    due = captureTime + (1000 / fps) * 0.8;
    void recorder.capture(video, { epochMs: performance.timeOrigin + captureTime });
  }
  video.srcObject = null;
}

/**
 * Waits for the next frame. Returns its capture time, on the clock of `performance.now`, or `undefined` if there was no
 * frame for a while.
 */
function nextVideoFrame(video: HTMLVideoElement): Promise<number | undefined> {
  return new Promise((resolve) => {
    const handle = video.requestVideoFrameCallback((now, { captureTime }) => {
      clearTimeout(timer);
      resolve(captureTime ?? now);
    });
    const timer = setTimeout(() => {
      video.cancelVideoFrameCallback(handle);
      resolve(undefined);
    }, POLL_MS);
  });
}
