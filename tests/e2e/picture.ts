import type { Page } from "@playwright/test";
import { PNG } from "pngjs";

/** The share of a page that has about this colour, from 0 to 1. */
export async function shareOfColor(page: Page, [red, green, blue]: readonly [number, number, number]): Promise<number> {
  const { data } = PNG.sync.read(await page.screenshot());
  const isNear = (value: number | undefined, wanted: number): boolean => Math.abs((value ?? 0) - wanted) < 8;
  let found = 0;
  for (let at = 0; at < data.length; at += 4) {
    if (isNear(data[at], red) && isNear(data[at + 1], green) && isNear(data[at + 2], blue)) found++;
  }
  return found / (data.length / 4);
}
