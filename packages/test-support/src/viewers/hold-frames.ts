import type { Page } from "@playwright/test";

declare global {
  /** Holds the frames of the page, or releases those that it holds. */
  var _holdFrames: ((holds: boolean) => void) | undefined;
}

/** Prepares a page, before it loads, for {@link holdFrames}. */
export async function allowHoldingFrames(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const request = globalThis.requestAnimationFrame.bind(globalThis);
    const held: FrameRequestCallback[] = [];
    let holds = false;
    globalThis.requestAnimationFrame = (draw) => (holds ? held.push(draw) : request(draw));
    globalThis._holdFrames = (hold) => {
      holds = hold;
      if (!hold) for (const draw of held.splice(0)) request(draw);
    };
  });
}

/** Lets a page draw no frames, or draw again. A viewer looks for work 60 times per second, also if it shows nothing. */
export async function holdFrames(page: Page, holds: boolean): Promise<void> {
  await page.evaluate((hold) => globalThis._holdFrames?.(hold), holds);
}

/** Lets a page draw frames during some work only. */
export async function withFrames<T>(page: Page, work: () => Promise<T>): Promise<T> {
  await holdFrames(page, false);
  try {
    return await work();
  } finally {
    await holdFrames(page, true);
  }
}
