/**
 * Time by which an animation frame may be earlier than requested: displays do not match the requested rate exactly.
 */
const TOLERANCE_MS = 4;

/**
 * Settles in the first animation frame from `due` on (on the clock of `performance.now`), or when the signal fires.
 *
 * The frame is requested in a separate task, after the animation frame before it: so it comes after the callbacks of
 * the page, which have been requested in that frame, and WebGL has drawn but not presented yet.
 */
export function nextFrame(due: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let frame = 0;
    const end = (): void => {
      clearTimeout(timer);
      cancelAnimationFrame(frame);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const request = (): void => {
      frame = requestAnimationFrame(onFrame);
    };
    const onFrame = (): void => {
      const wait = due - performance.now();
      if (wait <= TOLERANCE_MS) end();
      else timer = setTimeout(request, wait - TOLERANCE_MS * 2);
    };
    signal.addEventListener("abort", end);
    if (signal.aborted) end();
    else timer = setTimeout(request, Math.max(0, due - performance.now() - TOLERANCE_MS * 3));
  });
}
