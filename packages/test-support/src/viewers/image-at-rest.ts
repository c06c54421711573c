import { isDeepStrictEqual as isDeepEqual } from "node:util";
import { strongColors } from "./strong-colors.ts";
import type { StrongColors, ViewerImage } from "./viewer-report.ts";

/** The time limit for the expected parts of an image to appear. */
const SHOWS_MS = 30_000;
/** Time to wait until nothing moves. Some views never rest, such as a map whose tiles cannot be loaded. */
const REST_MS = 1500;

/** An image, and its colours. */
export interface TakenImage {
  readonly png: Uint8Array;
  readonly colors: StrongColors;
}

/**
 * Takes images until one shows its expected parts and has as much of each colour as the image before, because nothing
 * loads or moves any more. If that takes too long, returns the last image.
 */
export async function imageAtRest(
  take: () => Promise<Uint8Array>,
  { shows = () => true }: Pick<ViewerImage, "shows"> = {},
): Promise<TakenImage> {
  const end = Date.now() + SHOWS_MS;
  let restEnd: number | undefined;
  for (let before: StrongColors | undefined, last: Uint8Array = new Uint8Array(); ;) {
    const png = await take();
    // Decoding an image takes longer than drawing some.
    const colors = before !== undefined && Buffer.compare(png, last) === 0 ? before : strongColors(png);
    if (shows(colors)) {
      restEnd ??= Date.now() + REST_MS;
      if (isDeepEqual(colors, before) || Date.now() > restEnd) return { png, colors };
    } else if (Date.now() > end) return { png, colors };
    before = colors;
    last = png;
  }
}
