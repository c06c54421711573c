import { expect, type Page } from "@playwright/test";
import { PNG } from "pngjs";

/** The share of a page that has about this colour, from 0 to 1. */
export async function shareOfColor(page: Page, [red, green, blue]: readonly [number, number, number]): Promise<number> {
  let png: Buffer = Buffer.alloc(0);
  // Chromium on a busy machine may be unable to capture a page that it is still opening.
  await expect(async () => void (png = await page.screenshot())).toPass({ timeout: 30_000 });
  const { data } = PNG.sync.read(png);
  const isNear = (value: number | undefined, wanted: number): boolean => Math.abs((value ?? 0) - wanted) < 8;
  let found = 0;
  for (let at = 0; at < data.length; at += 4) {
    if (isNear(data[at], red) && isNear(data[at + 1], green) && isNear(data[at + 2], blue)) found++;
  }
  return found / (data.length / 4);
}
